import type * as k8s from "@pulumi/kubernetes";
import {
    certificateMount,
    configMount,
    podPaths,
    scratchMount,
    secretMount,
    type Mount,
} from "../kubernetes/mounts";
import { restrictedContainer } from "../kubernetes/podSecurity";
import { metricsPort } from "../service/servicePods";
import { opensslConfKey, renderOpensslConf } from "../tls/opensslConf";
import { tlsProfile, type TlsProfileName } from "../tls/profile";
import { renderPgHba } from "./pgHba";
import { renderPostgresConf, type PostgresPaths } from "./postgresConf";
import type { PostgresRoles } from "./postgresRoles";
import { renderRolesSql } from "./rolesSql";
import { postgresPaths, renderRunScript, renderSessionsSql } from "./runScript";

type Container = k8s.types.input.core.v1.Container;

/** User of the PostgreSQL images. */
export const postgresUid = 999;

export const postgresPort = 5432;

/** Seconds for a checkpoint after the sessions have been ended. */
export const postgresGraceSeconds = 60;

/** Over the hour and a tenth in which a pool of `services/tls` gives a connection up: it is never cut off in between. */
const sessionMaxAgeSeconds = 4200;

/** Volume of the data, which the StatefulSet makes. */
export const dataVolume = "data";

const paths: PostgresPaths = {
    certificate: podPaths.certificate,
    privateKey: podPaths.privateKey,
    trustBundle: podPaths.trustBundle,
    hba: `${postgresPaths.config}/pg_hba.conf`,
    data: postgresPaths.data,
    socket: postgresPaths.socket,
};

/** Everything that the ConfigMap holds, by file name. */
export function postgresFiles(
    profileName: TlsProfileName,
    roles: PostgresRoles,
    port = postgresPort,
): Record<string, string> {
    const profile = tlsProfile(profileName);
    const replication = roles.replicationRoles.length > 0;
    const script = { ...roles, port, sessionMaxAgeSeconds, sessionCheckSeconds: 30 };
    return {
        "postgresql.conf": renderPostgresConf({ profile, port, replication, paths }),
        "pg_hba.conf": renderPgHba(roles),
        "roles.sql": renderRolesSql(roles, postgresPaths.passwords),
        "sessions.sql": renderSessionsSql(script),
        "run.sh": renderRunScript(script),
        [opensslConfKey]: renderOpensslConf(profile),
    };
}

/** What the pod mounts, its data apart: by both containers, by PostgreSQL alone, by the sidecar alone. */
export interface PostgresMounts {
    readonly shared: readonly Mount[];
    readonly postgres: readonly Mount[];
    readonly reload: readonly Mount[];
}

export const postgresMounts = (names: {
    readonly config: string;
    readonly server: string;
    readonly trustBundle: string;
    readonly passwords: string;
}): PostgresMounts => ({
    shared: [
        configMount("config", names.config, postgresPaths.config),
        certificateMount("certificate", names.server, "/etc/certs"),
        configMount("trust", names.trustBundle, "/etc/trust"),
    ],
    postgres: [
        secretMount("passwords", names.passwords, postgresPaths.passwords),
        scratchMount("run", postgresPaths.socket, "1Mi"),
        scratchMount("temporary", postgresPaths.temporary, "16Mi"),
    ],
    reload: [scratchMount("reload-temporary", postgresPaths.temporary, "16Mi")],
});

const script = (mode: string) => ["/bin/sh", `${postgresPaths.config}/run.sh`, mode];

const ready = { exec: { command: script("ready") }, timeoutSeconds: 5 };

export const postgresContainer = (image: string, mounts: PostgresMounts): Container => ({
    name: "postgres",
    image,
    command: script("start"),
    env: [{ name: "OPENSSL_CONF", value: `${postgresPaths.config}/${opensslConfKey}` }],
    ports: [{ containerPort: postgresPort }],
    securityContext: restrictedContainer,
    volumeMounts: [
        { name: dataVolume, mountPath: postgresPaths.volume },
        ...[...mounts.shared, ...mounts.postgres].map(({ mount }) => mount),
    ],
    // After a crash the log is replayed first, which may take long.
    startupProbe: { ...ready, periodSeconds: 2, failureThreshold: 1800 },
    readinessProbe: { ...ready, periodSeconds: 5 },
    livenessProbe: { ...ready, periodSeconds: 30, failureThreshold: 3 },
    resources: {
        requests: { cpu: "100m", memory: "256Mi" },
        limits: { cpu: "2", memory: "2Gi" },
    },
});

/** Tells PostgreSQL of a renewed certificate, and shows the metrics. It reads of the data the number of the process alone. */
export const postgresReloadContainer = (
    image: string,
    profile: TlsProfileName,
    metricsClients: readonly string[],
    mounts: PostgresMounts,
): Container => {
    const healthy = { exec: { command: ["node", "/app/probe.js"] }, timeoutSeconds: 5 };
    return {
        name: "reload",
        image,
        command: ["node", "/app/server.js"],
        env: reloadEnv(profile, metricsClients),
        ports: [{ containerPort: metricsPort }],
        securityContext: restrictedContainer,
        volumeMounts: [
            { name: dataVolume, mountPath: postgresPaths.volume, readOnly: true },
            ...[...mounts.shared, ...mounts.reload].map(({ mount }) => mount),
        ],
        readinessProbe: { ...healthy, periodSeconds: 5 },
        livenessProbe: { ...healthy, periodSeconds: 30, failureThreshold: 3 },
        resources: {
            requests: { cpu: "10m", memory: "64Mi" },
            limits: { cpu: "500m", memory: "192Mi" },
        },
    };
};

function reloadEnv(profileName: TlsProfileName, metricsClients: readonly string[]) {
    const profile = tlsProfile(profileName);
    const variables: Readonly<Record<string, string>> = {
        DAEMON: "postgres",
        TLS_CERTIFICATE_DIR: "/etc/certs",
        TLS_TRUST_FILE: podPaths.trustBundle,
        TLS_CIPHER_SUITES: profile.cipherSuites.join(":"),
        TLS_GROUPS: profile.groups.join(":"),
        METRICS_PORT: String(metricsPort),
        METRICS_CLIENTS: metricsClients.join(","),
        CONFIG_FILES: paths.hba,
        POSTGRES_PID_FILE: postgresPaths.pidFile,
    };
    return Object.entries(variables).map(([name, value]) => ({ name, value }));
}
