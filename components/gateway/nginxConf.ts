import { connectionMaxAgeSeconds, connectionsEndedSeconds } from "../tls/connectionAge";
import { checkedHostName } from "../tls/hostName";
import type { TlsProfile } from "../tls/profile";
import { clientCertVariable, renderClientCertMap } from "./clientCert";
import { block, quoted, renderLines, type Line } from "./nginxText";
import { renderObservation } from "./observation";
import { headerLines, proxyLines, renderUpstreams, upstreamName } from "./proxy";
import { keepAliveLines, webSocketLines, webSocketMaps } from "./webSocket";

/** Whether a server name talks to clients that show no certificate. */
export enum ClientCertificates {
    /** A request without a verified certificate is answered 400 before it reaches anything. */
    Required = "required",
    /** Without a certificate a request goes on with no identity; one that does not verify is refused all the same. */
    Optional = "optional",
}

export interface NginxServer {
    /** Names it answers to, in the handshake and in the request; the first is used where one is needed. */
    readonly names: readonly string[];
    /** By server name and never by path: a certificate is asked for before a path is known. */
    readonly clientCertificates: ClientCertificates;
    /** Whether a connection may become a WebSocket. Defaults to false. */
    readonly webSocket?: boolean;
    readonly upstream: NginxUpstream;
}

/** Where requests go, over mutual TLS. */
export interface NginxUpstream {
    /** Host dialled, and the name that its certificate must carry. It must resolve when nginx starts. */
    readonly host: string;
    readonly port: number;
}

/** Files that nginx reads at start and at each reload. */
export interface NginxPaths {
    readonly certificate: string;
    readonly privateKey: string;
    readonly clientCertificate: string;
    readonly clientPrivateKey: string;
    readonly trustBundle: string;
    /** Writable directory of the pid, the health socket and the reload's metrics. */
    readonly run: string;
    /** Writable directory of request bodies and responses that do not fit into memory. */
    readonly temporary: string;
}

export interface NginxConfSettings {
    readonly profile: TlsProfile;
    /** Container ports, 1024 to 65535, all different. */
    readonly ports: { readonly tls: number; readonly redirect: number; readonly metrics: number };
    readonly servers: readonly NginxServer[];
    readonly metrics: {
        /** Name under which metrics are asked for. */
        readonly name: string;
        /** Common names of the clients that may read them. */
        readonly clients: readonly string[];
    };
    readonly paths: NginxPaths;
}

/**
 * Renders the whole nginx.conf of a gateway: TLS 1.3 in the profile's suites and groups, unknown names rejected in the handshake,
 * a redirect and nothing else in plaintext, mutual TLS to every upstream, the client's certificate handed on as `Client-Cert`.
 *
 * TLS settings stand in `http`, since the version of a handshake is taken from the default server before a name is known.
 *
 * @throws an error that names the setting, if a name, a port or a path could not be written without being read as something else
 * @see https://nginx.org/en/docs/http/ngx_http_ssl_module.html
 */
export function renderNginxConf(settings: NginxConfSettings): string {
    check(settings);
    const { paths, ports, servers } = settings;
    return renderLines([
        "worker_processes 2;",
        "worker_rlimit_nofile 16384;",
        "error_log stderr warn;",
        `pid ${paths.run}/nginx.pid;`,
        // After a reload the old workers keep their WebSockets until these end by themselves: a renewal cuts none.
        `worker_shutdown_timeout ${connectionsEndedSeconds}s;`,
        block("events", ["worker_connections 4096;"]),
        block("http", [
            ...temporaryFiles(paths.temporary),
            ...connections,
            ...accessLog,
            ...tls(settings),
            renderClientCertMap(),
            ...(servers.some(({ webSocket }) => webSocket === true) ? webSocketMaps : []),
            ...renderUpstreams(servers),
            rejectUnknownNames(ports),
            ...servers.map((server) => renderServer(server, settings)),
            ...renderRedirects(servers, ports.redirect),
            ...renderObservation(settings),
        ]),
    ]);
}

const temporaryFiles = (directory: string): Line[] =>
    ["client_body", "proxy", "fastcgi", "uwsgi", "scgi"].map(
        (kind) => `${kind}_temp_path ${directory}/${kind};`,
    );

const connections: Line[] = [
    "default_type application/octet-stream;",
    "server_tokens off;",
    // Room for the longest host name: with the default a name of more than 46 characters keeps nginx from starting.
    "server_names_hash_bucket_size 512;",
    "http2 on;",
    "client_max_body_size 1m;",
    "client_header_timeout 10s;",
    "client_body_timeout 10s;",
    "send_timeout 10s;",
    "keepalive_timeout 65s;",
    "keepalive_requests 10000;",
    `keepalive_time ${connectionMaxAgeSeconds}s;`,
];

/** What is in the query may be secret: `$uri` leaves it out. */
const accessLog: Line[] = [
    `log_format audit escape=json ${quoted(
        JSON.stringify({
            time: "$time_iso8601",
            request: "$request_id",
            remote: "$remote_addr",
            server: "$server_name",
            method: "$request_method",
            path: "$uri",
            status: "$status",
            bytes: "$bytes_sent",
            seconds: "$request_time",
            upstreamStatus: "$upstream_status",
            protocol: "$ssl_protocol",
            cipherSuite: "$ssl_cipher",
            group: "$ssl_curve",
            clientVerified: "$ssl_client_verify",
            clientSubject: "$ssl_client_s_dn",
            clientSerial: "$ssl_client_serial",
            clientFingerprint: "$ssl_client_fingerprint",
        }),
    )};`,
    "access_log /dev/stdout audit;",
];

const tls = ({ profile, paths }: NginxConfSettings): Line[] => [
    "ssl_protocols TLSv1.3;",
    `ssl_conf_command Ciphersuites ${profile.cipherSuites.join(":")};`,
    `ssl_ecdh_curve ${profile.groups.join(":")};`,
    `ssl_certificate ${paths.certificate};`,
    `ssl_certificate_key ${paths.privateKey};`,
    `ssl_client_certificate ${paths.trustBundle};`,
    "ssl_verify_depth 2;",
    "ssl_session_tickets off;",
    "ssl_session_cache shared:SSL:10m;",
    "ssl_session_timeout 10m;",
];

const rejectUnknownNames = ({ tls, metrics }: NginxConfSettings["ports"]): Line =>
    block("server", [
        `listen ${tls} ssl default_server;`,
        `listen ${metrics} ssl default_server;`,
        "ssl_reject_handshake on;",
        // Another name in the request than in the handshake ends here too.
        "return 444;",
    ]);

const renderServer = (server: NginxServer, settings: NginxConfSettings): Line =>
    block("server", [
        `listen ${settings.ports.tls} ssl;`,
        `server_name ${server.names.join(" ")};`,
        `ssl_verify_client ${server.clientCertificates === ClientCertificates.Required ? "on" : "optional"};`,
        ...headerLines,
        block("location /", [
            `proxy_pass https://${upstreamName(server.upstream)};`,
            ...(server.webSocket === true ? webSocketLines : keepAliveLines),
            ...proxyLines(server.upstream, settings, clientCertVariable),
        ]),
    ]);

/** One server a name, so that the answer never repeats what a client wrote into `Host`. */
const renderRedirects = (servers: readonly NginxServer[], port: number): Line[] => [
    block("server", [`listen ${port} default_server;`, "return 444;"]),
    ...servers
        .flatMap(({ names }) => names)
        .map((name) =>
            block("server", [
                `listen ${port};`,
                `server_name ${name};`,
                `return 308 https://${name}$request_uri;`,
            ]),
        ),
];

function check({ ports, servers, metrics, paths }: NginxConfSettings): void {
    Object.entries(ports).forEach(([name, port]) => {
        checkPort(`ports.${name}`, port, 1024);
    });
    refuseRepeated("ports", Object.values(ports).map(String));
    servers.forEach(({ names, upstream }, index) => {
        if (names.length === 0)
            throw new Error(`[servers.${index}.names] is empty; allowed one or more`);
        names.forEach((name) => checkedHostName(`servers.${index}.names`, name));
        checkedHostName(`servers.${index}.upstream.host`, upstream.host);
        checkPort(`servers.${index}.upstream.port`, upstream.port, 1);
    });
    refuseRepeated(
        "servers.names",
        servers.flatMap(({ names }) => names),
    );
    checkedHostName("metrics.name", metrics.name);
    metrics.clients.forEach((client) => checkedHostName("metrics.clients", client));
    Object.entries<string>({ ...paths }).forEach(([name, path]) => {
        checkPath(`paths.${name}`, path);
    });
}

function checkPort(argument: string, port: number, lowest: number): void {
    if (Number.isInteger(port) && port >= lowest && port <= 65535) return;
    throw new Error(`[${argument}] is ${port}; allowed a whole number from ${lowest} to 65535`);
}

function checkPath(argument: string, path: string): void {
    if (/^(?:\/[A-Za-z0-9._-]+)+$/.test(path)) return;
    throw new Error(
        `[${argument}] is ${JSON.stringify(path)}; allowed an absolute path of letters, digits, ".", "_" and "-"`,
    );
}

function refuseRepeated(argument: string, values: readonly string[]): void {
    const repeated = values.find((value, index) => values.indexOf(value) !== index);
    if (repeated === undefined) return;
    throw new Error(`[${argument}] has ${repeated} twice; allowed once each`);
}
