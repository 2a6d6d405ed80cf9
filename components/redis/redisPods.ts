import type * as k8s from "@pulumi/kubernetes";
import {
    certificateMount,
    configMount,
    podPaths,
    scratchMount,
    type Mount,
} from "../kubernetes/mounts";
import { restrictedContainer } from "../kubernetes/podSecurity";
import { drainSeconds } from "../kubernetes/workload";
import { opensslConfKey } from "../tls/opensslConf";
import { tlsProfile, type TlsProfileName } from "../tls/profile";
import { redisPaths } from "./redisConf";

type Container = k8s.types.input.core.v1.Container;

/** User of the Redis images. */
export const redisUid = 999;

export const redisPorts = { tls: 6380, metrics: 9443 } as const;

/** Seconds that Redis may take to end: clients notice, then it writes what is left, then a margin. */
export const redisGraceSeconds = drainSeconds + 20;

const confDirectory = "/etc/redis-conf";
const probeDirectory = "/etc/redis-probe";
const reloadDirectory = "/etc/redis-reload";

/** Name of the volume that outlives the pod. */
export const dataVolume = "data";

/** Mounts a Secret's keys as files, readable by the pod's `fsGroup` only. */
const secretMount = certificateMount;

/** What the pod's containers see: both the first list, each its own beside it. */
export interface RedisMounts {
    readonly both: readonly Mount[];
    readonly redis: readonly Mount[];
    /** The password that may change a running configuration lies nowhere else; nor does the sidecar's own socket. */
    readonly reload: readonly Mount[];
}

export const redisMounts = (names: {
    readonly config: string;
    readonly server: string;
    readonly trustBundle: string;
    readonly users: string;
    readonly probe: string;
    readonly reload: string;
}): RedisMounts => ({
    both: [
        configMount("config", names.config, confDirectory),
        certificateMount("certificate", names.server, "/etc/certs"),
        configMount("trust", names.trustBundle, "/etc/trust"),
        scratchMount("run", "/run/redis", "1Mi"),
    ],
    redis: [
        secretMount("users", names.users, "/etc/redis-users"),
        secretMount("probe", names.probe, probeDirectory),
    ],
    reload: [
        secretMount("reload", names.reload, reloadDirectory),
        scratchMount("temporary", "/tmp", "16Mi"),
    ],
});

/**
 * What the kubelet asks over the socket. `ready`: the data is there. `live`: it answers, if only that it still reads its data, which
 * would begin anew in another process.
 */
export const probeScript = `#!/bin/sh
# usage: probe.sh ready|live
REDISCLI_AUTH=$(cat ${probeDirectory}/password) || exit 1
export REDISCLI_AUTH
answer=$(redis-cli -s ${redisPaths.socket} --user probe ping 2>&1)
case "$1 $answer" in
"ready PONG" | "live PONG" | "live LOADING "*) exit 0 ;;
esac
echo "$answer" >&2
exit 1
`;

const probe = (mode: string) => ({
    exec: { command: ["/bin/sh", `${confDirectory}/probe.sh`, mode] },
    timeoutSeconds: 3,
});

export interface RedisContainerSettings {
    readonly image: string;
    readonly maxMemoryMiB: number;
    readonly mounts: RedisMounts;
}

/** Redis itself. Its memory may double while it writes its log anew, since a page that changes meanwhile is there twice. */
export const redisContainer = (settings: RedisContainerSettings): Container => ({
    name: "redis",
    image: settings.image,
    command: ["redis-server", redisPaths.conf],
    env: [{ name: "OPENSSL_CONF", value: `${confDirectory}/${opensslConfKey}` }],
    ports: [{ containerPort: redisPorts.tls }],
    securityContext: restrictedContainer,
    volumeMounts: [
        ...mountsOf([...settings.mounts.both, ...settings.mounts.redis]),
        { name: dataVolume, mountPath: redisPaths.data },
    ],
    readinessProbe: { ...probe("ready"), periodSeconds: 3 },
    livenessProbe: { ...probe("live"), periodSeconds: 10, failureThreshold: 3 },
    lifecycle: { preStop: { exec: { command: ["sleep", String(drainSeconds)] } } },
    resources: {
        requests: { cpu: "50m", memory: `${settings.maxMemoryMiB + 32}Mi` },
        limits: { cpu: "2", memory: `${2 * settings.maxMemoryMiB + 64}Mi` },
    },
});

export interface RedisReloaderSettings {
    readonly image: string;
    readonly profile: TlsProfileName;
    /** Identities that may read the metrics. */
    readonly metricsClients: readonly string[];
    readonly mounts: RedisMounts;
}

/** Beside it what tells Redis of a renewed certificate, and the monitor of Redis. */
export function reloaderContainer(settings: RedisReloaderSettings): Container {
    const healthy = { exec: { command: ["node", "/app/probe.js"] }, timeoutSeconds: 5 };
    return {
        name: "reload",
        image: settings.image,
        command: ["node", "/app/server.js"],
        env: reloaderEnv(settings),
        ports: [{ containerPort: redisPorts.metrics }],
        securityContext: restrictedContainer,
        volumeMounts: mountsOf([...settings.mounts.both, ...settings.mounts.reload]),
        readinessProbe: { ...healthy, periodSeconds: 3 },
        livenessProbe: { ...healthy, periodSeconds: 15, failureThreshold: 3 },
        resources: {
            requests: { cpu: "10m", memory: "64Mi" },
            limits: { cpu: "500m", memory: "128Mi" },
        },
    };
}

function reloaderEnv({ profile, metricsClients }: RedisReloaderSettings): Container["env"] {
    const { cipherSuites, groups } = tlsProfile(profile);
    const variables: Readonly<Record<string, string>> = {
        DAEMON: "redis",
        TLS_CERTIFICATE_DIR: "/etc/certs",
        TLS_TRUST_FILE: podPaths.trustBundle,
        TLS_CIPHER_SUITES: cipherSuites.join(":"),
        TLS_GROUPS: groups.join(":"),
        METRICS_PORT: String(redisPorts.metrics),
        METRICS_CLIENTS: metricsClients.join(","),
        REDIS_SOCKET: redisPaths.socket,
        REDIS_CONFIG_FILE: redisPaths.conf,
        REDIS_RELOAD_USER: "reload",
        REDIS_RELOAD_PASSWORD_FILE: `${reloadDirectory}/password`,
    };
    return Object.entries(variables).map(([name, value]) => ({ name, value }));
}

const mountsOf = (mounts: readonly Mount[]) => mounts.map(({ mount }) => mount);
