import type * as k8s from "@pulumi/kubernetes";
import { renderReloadScript, type ReloadScriptSettings } from "../kubernetes/reloadScript";
import {
    certificateMount,
    configMount,
    podPaths,
    scratchMount,
    type Mount,
} from "../kubernetes/mounts";
import { restrictedContainer } from "../kubernetes/podSecurity";
import { drainSeconds } from "../kubernetes/workload";
import type { NginxPaths } from "./nginxConf";

/** User of the nginx images. */
export const nginxUid = 101;

export const gatewayPorts = { tls: 8443, redirect: 8080, metrics: 9443 } as const;

export const nginxPaths: NginxPaths = {
    ...podPaths,
    run: "/run/nginx",
    temporary: "/tmp",
};

const confDirectory = "/etc/nginx-conf";
const conf = `${confDirectory}/nginx.conf`;
const pidFile = `${nginxPaths.run}/nginx.pid`;

const finishSeconds = 30;

/** Seconds that a gateway's pod may take to end: routers notice, then requests finish or are cut, then a margin. */
export const gatewayGraceSeconds = drainSeconds + finishSeconds + 10;

/**
 * How nginx is run, reloaded and stopped. TERM would cut requests off: QUIT lets them finish, and comes first. It waits for WebSockets
 * too, and they may last an hour.
 */
export const gatewayReload: ReloadScriptSettings = {
    directory: nginxPaths.run,
    files: [...Object.values(podPaths), conf],
    intervalSeconds: 2,
    drainSeconds,
    finishSeconds,
    daemon: {
        leftovers: [pidFile, `${nginxPaths.run}/health.sock`],
        run: `nginx -e stderr -c ${conf} -g 'daemon off;'`,
        test: `nginx -e stderr -t -c ${conf}`,
        reload: `kill -HUP "$(cat ${pidFile})"`,
        finish: `kill -QUIT "$(cat ${pidFile})"`,
        end: `kill -TERM "$(cat ${pidFile})"`,
        pidFile,
    },
};

/** What both containers of a gateway's pod run, and its preStop. */
export const gatewayScript = renderReloadScript(gatewayReload);

/** Everything that both containers of a gateway's pod see. */
export const gatewayMounts = (names: {
    readonly config: string;
    readonly server: string;
    readonly client: string;
    readonly trustBundle: string;
}): Mount[] => [
    configMount("config", names.config, confDirectory),
    certificateMount("certificate", names.server, "/etc/certs"),
    certificateMount("client-certificate", names.client, "/etc/client-certs"),
    configMount("trust", names.trustBundle, "/etc/trust"),
    scratchMount("run", nginxPaths.run, "1Mi"),
    scratchMount("temporary", nginxPaths.temporary, "64Mi"),
];

const script = (mode: string) => ["/bin/sh", `${confDirectory}/run.sh`, mode];

const healthy = {
    exec: {
        command: [
            ..."curl --silent --fail --max-time 2 --unix-socket".split(" "),
            `${nginxPaths.run}/health.sock`,
            "http://localhost/healthz",
        ],
    },
    timeoutSeconds: 3,
};

const nginx = {
    name: "nginx",
    command: script("start"),
    ports: Object.values(gatewayPorts).map((containerPort) => ({ containerPort })),
    readinessProbe: { ...healthy, periodSeconds: 2 },
    livenessProbe: { ...healthy, periodSeconds: 10, failureThreshold: 3 },
    lifecycle: { preStop: { exec: { command: script("stop") } } },
    resources: {
        requests: { cpu: "50m", memory: "64Mi" },
        limits: { cpu: "2", memory: "256Mi" },
    },
};

const reload = {
    name: "reload",
    command: script("watch"),
    resources: {
        requests: { cpu: "10m", memory: "16Mi" },
        limits: { cpu: "500m", memory: "64Mi" },
    },
};

/** nginx, and beside it the same image watching its files. */
export const gatewayContainers = (
    image: string,
    mounts: readonly Mount[],
): k8s.types.input.core.v1.Container[] =>
    [nginx, reload].map((container) => ({
        ...container,
        image,
        securityContext: restrictedContainer,
        volumeMounts: mounts.map(({ mount }) => mount),
    }));
