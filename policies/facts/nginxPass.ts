import { isUnix, type NginxFacts, type NginxPass, type NginxProtocol } from "./nginxServers";

/** How a request travels to where a pass sends it. */
export interface Hop {
    /** `local` is a Unix socket, `unknown` a scheme that only a request decides. */
    readonly transport: "tls" | "plaintext" | "local" | "unknown";
    /** Prefix of the directives that set its TLS, for example `proxy_ssl`. */
    readonly tlsPrefix: string;
}

interface Scheme {
    readonly plain: RegExp;
    readonly tls: RegExp;
    readonly tlsPrefix: string;
}

/** Directives that can speak TLS, with the schemes that say whether they do. nginx compares them in any case. */
const schemes: Readonly<Record<string, Scheme>> = {
    proxy_pass: { plain: /^http:\/\//i, tls: /^https:\/\//i, tlsPrefix: "proxy_ssl" },
    grpc_pass: { plain: /^grpc:\/\//i, tls: /^grpcs:\/\//i, tlsPrefix: "grpc_ssl" },
    uwsgi_pass: { plain: /^uwsgi:\/\//i, tls: /^suwsgi:\/\//i, tlsPrefix: "uwsgi_ssl" },
};

/** Reads where a pass goes: by its scheme, by `proxy_ssl on` in a stream, and through the names of `upstream` blocks. */
export function hopOf({ protocol, directive, scope }: NginxPass, facts: NginxFacts): Hop {
    const target = directive.args[0] ?? "";
    const isLocal = (address: string): boolean => isLocalAddress(address, protocol, facts);
    if (protocol !== "http") {
        const on = scope.effective("proxy_ssl")[0]?.args[0] === "on";
        return hop(on ? "tls" : "plaintext", "proxy_ssl", target, isLocal);
    }
    const scheme = schemes[directive.name];
    if (!scheme) return hop("plaintext", "", target, isLocal);
    const { plain, tls, tlsPrefix } = scheme;
    if (tls.test(target)) return hop("tls", tlsPrefix, target.replace(tls, ""), isLocal);
    if (target.startsWith("$")) return { transport: "unknown", tlsPrefix };
    return hop("plaintext", tlsPrefix, target.replace(plain, ""), isLocal);
}

function hop(
    transport: "tls" | "plaintext",
    tlsPrefix: string,
    address: string,
    isLocal: (address: string) => boolean,
): Hop {
    return { transport: isLocal(address) ? "local" : transport, tlsPrefix };
}

function isLocalAddress(address: string, protocol: NginxProtocol, facts: NginxFacts): boolean {
    const name = /^[^/]*/.exec(address)?.[0] ?? "";
    return isUnix(address) || facts.isLocalUpstream(protocol, name);
}
