import { block, type Line } from "./nginxText";
import type { NginxConfSettings } from "./nginxConf";

/** What a probe and a monitor see: neither is reachable without a mount of the pod or a certificate of the monitor. */
export const renderObservation = (settings: NginxConfSettings): Line[] => [
    health(settings),
    metricsClients(settings),
    metrics(settings),
];

/** Over a Unix socket: the kubelet has no certificate to show. */
const health = ({ paths }: NginxConfSettings): Line =>
    block("server", [
        `listen unix:${paths.run}/health.sock;`,
        "access_log off;",
        block("location = /healthz", ["return 204;"]),
        block("location /", ["return 404;"]),
    ]);

/** The whole subject is compared: a common name inside another attribute is not one. */
const metricsClients = ({ metrics: { clients } }: NginxConfSettings): Line =>
    block("map $ssl_client_s_dn $metrics_client", [
        "default 0;",
        ...clients.map((client) => `"~^CN=${client.replaceAll(".", "\\.")}\\z" 1;`),
    ]);

const metrics = ({ metrics: { name }, ports, paths }: NginxConfSettings): Line =>
    block("server", [
        `listen ${ports.metrics} ssl;`,
        `server_name ${name};`,
        "ssl_verify_client on;",
        block("if ($metrics_client = 0)", ["return 403;"]),
        block("location = /metrics", ["default_type text/plain;", `alias ${paths.run}/metrics;`]),
        block("location /", ["return 404;"]),
    ]);
