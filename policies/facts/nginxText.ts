import { parseNginx, type Directive, type NginxSyntax } from "./nginxSyntax";

/** Files that are never an nginx configuration, whatever their name starts with. */
const otherFiles =
    /\.(sh|bash|js|mjs|cjs|lua|pl|py|json|ya?ml|html?|css|txt|md|env|properties|crt|cer|pem|crl|key|csr|p12|jks|types)$/i;

/** Whether the name of a key says that its text is an nginx configuration. */
export function isNginxName(key: string): boolean {
    if (otherFiles.test(key)) return false;
    return /nginx/i.test(key) || /^default\.conf/i.test(key);
}

/** Whether a file of that name, among nginx's own files, is one that nginx reads as configuration. */
export const mayBeNginxFile = (name: string): boolean => !otherFiles.test(name);

/** One of these is enough: no other program has a directive of the name. */
const onlyNginx = [
    "proxy_pass",
    "grpc_pass",
    "fastcgi_pass",
    "uwsgi_pass",
    "scgi_pass",
    "memcached_pass",
    "ssl_conf_command",
    "ssl_ecdh_curve",
    "ssl_protocols",
    "ssl_verify_client",
    "ssl_reject_handshake",
    "proxy_ssl_protocols",
    "proxy_ssl_verify",
    "grpc_ssl_verify",
    "worker_connections",
    "server_name",
];

/** Two of these, as blocks where nginx has blocks, are enough. */
const simple = [
    "listen",
    "return",
    "root",
    "location",
    "add_header",
    "worker_processes",
    "ssl_certificate",
];
const blocks = ["http", "server", "stream", "mail", "upstream", "location", "events"];

/** Cheap look before the text is parsed: a directive's name cannot be written in another way than letter by letter. */
const mention = new RegExp(`\\b(${[...onlyNginx, ...simple, ...blocks].join("|")})\\b`);

/** Reads a text under a key that says nothing, if it is an nginx configuration by its directives. */
export function nginxByDirectives(at: string, text: string): NginxSyntax | undefined {
    if (!mention.test(text)) return undefined;
    const syntax = parseNginx(at, text);
    return looksLikeNginx(syntax.directives) ? syntax : undefined;
}

function looksLikeNginx(directives: readonly Directive[]): boolean {
    const seen = new Set<string>();
    collect(directives, seen);
    if (onlyNginx.some((name) => seen.has(name))) return true;
    const hints = [...simple, ...blocks.map((name) => `${name} {`)];
    return hints.filter((name) => seen.has(name)).length >= 2;
}

function collect(directives: readonly Directive[], seen: Set<string>): void {
    for (const { name, block } of directives) {
        seen.add(block ? `${name} {` : name);
        if (block) collect(block, seen);
    }
}
