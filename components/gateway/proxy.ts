import { block, type Line } from "./nginxText";
import type { NginxConfSettings, NginxServer, NginxUpstream } from "./nginxConf";

/** Name of an upstream block: unlike a host alone it cannot be one that a client's request resolves to. */
export const upstreamName = ({ host, port }: NginxUpstream): string => `${host}-${port}`;

/** One block an upstream, however many servers use it. */
export function renderUpstreams(servers: readonly NginxServer[]): Line[] {
    const byName = new Map(servers.map(({ upstream }) => [upstreamName(upstream), upstream]));
    return [...byName].map(([name, { host, port }]) =>
        block(`upstream ${name}`, [
            `server ${host}:${port};`,
            "keepalive 32;",
            // Under what services keep an idle connection and a connection at all, so that nginx is the one that ends it.
            "keepalive_timeout 30s;",
            "keepalive_time 50m;",
        ]),
    );
}

/** Answers to browsers; `always`, since an error page is one too. X-XSS-Protection is left out: it is deprecated and harmful. */
const responseHeaders: readonly (readonly [name: string, value: string])[] = [
    ["Strict-Transport-Security", "max-age=31536000; includeSubDomains"],
    ["X-Content-Type-Options", "nosniff"],
    ["X-Frame-Options", "DENY"],
    ["Content-Security-Policy", "default-src 'none'; frame-ancestors 'none'"],
    ["Referrer-Policy", "no-referrer"],
];

export const headerLines: readonly Line[] = responseHeaders.map(
    ([name, value]) => `add_header ${name} "${value}" always;`,
);

/** Mutual TLS to a service, and what it is told about the client. An empty value means that the header is not sent at all. */
export const proxyLines = (
    { host }: NginxUpstream,
    { profile, paths }: NginxConfSettings,
    clientCert: string,
): Line[] => [
    "proxy_http_version 1.1;",
    "proxy_set_header Host $host;",
    "proxy_set_header X-Request-Id $request_id;",
    "proxy_set_header X-Forwarded-For $remote_addr;",
    "proxy_set_header X-Forwarded-Proto https;",
    'proxy_set_header Forwarded "";',
    `proxy_set_header Client-Cert ${clientCert};`,
    'proxy_set_header Client-Cert-Chain "";',
    ...responseHeaders.map(([name]) => `proxy_hide_header ${name};`),
    // Handshakes are in it, and after a reload all clients come back at once.
    "proxy_connect_timeout 10s;",
    "proxy_ssl_protocols TLSv1.3;",
    `proxy_ssl_conf_command Ciphersuites ${profile.cipherSuites.join(":")};`,
    `proxy_ssl_conf_command Groups ${profile.groups.join(":")};`,
    "proxy_ssl_verify on;",
    "proxy_ssl_verify_depth 2;",
    `proxy_ssl_trusted_certificate ${paths.trustBundle};`,
    `proxy_ssl_name ${host};`,
    "proxy_ssl_server_name on;",
    `proxy_ssl_certificate ${paths.clientCertificate};`,
    `proxy_ssl_certificate_key ${paths.clientPrivateKey};`,
];
