import { nginxConfs, readNginxTexts, type NginxConf } from "../facts/nginxConf";
import { mountedNginxConfs } from "../facts/nginxMounts";
import { hopOf } from "../facts/nginxPass";
import { nginxFacts, type NginxServer } from "../facts/nginxServers";
import { shownAddress } from "../redact";
import type { Check, Rule, Violation } from "../rule";

function plaintextListeners(conf: NginxConf): Violation[] {
    return nginxFacts(conf)
        .servers.filter((server) => !onlyRedirects(server))
        .flatMap(({ listens, protocol }) =>
            listens
                .filter(({ tls, unix }) => !tls && !unix)
                .map(({ at, text }) => ({ at, got: text, wanted: wantedListen(protocol) })),
        );
}

const wantedListen = (protocol: string): string =>
    protocol === "http"
        ? "`ssl` on the listener, or a block that holds nothing but `return 308 https://<literal name>$request_uri`"
        : "`ssl` on the listener";

/** What may stand beside the `return` of a block that speaks HTTP. */
const besideReturn = new Set(["listen", "server_name", "server_tokens", "access_log", "error_log"]);

/** Whether a server answers with a redirect to a literal https name, or closes the connection, and does nothing else. */
function onlyRedirects({ protocol, directives }: NginxServer): boolean {
    const returns = directives.filter(({ name }) => name === "return");
    return (
        protocol === "http" &&
        returns.length > 0 &&
        returns.every(({ args }) => isRedirect(args) || isClose(args)) &&
        directives.every(
            ({ name, block }) => !block && (name === "return" || besideReturn.has(name)),
        )
    );
}

/** A variable in the name would be the client's choice: `$host` is an open redirect, `name$host` another site. */
const literalTarget =
    /^https:\/\/[a-z0-9]([a-z0-9.-]*[a-z0-9])?(:\d+)?(\/[^$]*)?(\$request_uri)?$/i;

const isRedirect = ([code, target = ""]: readonly string[]): boolean =>
    code === "308" && literalTarget.test(target);

/** nginx closes the connection without an answer. */
const isClose = (args: readonly string[]): boolean => args.length === 1 && args[0] === "444";

function plaintextUpstreams(conf: NginxConf): Violation[] {
    const facts = nginxFacts(conf);
    return facts.passes.flatMap((pass) => {
        const { transport, tlsPrefix } = hopOf(pass, facts);
        if (transport === "tls" || transport === "local") return [];
        const { at, name, args } = pass.directive;
        const got = [name, ...args.map(shownAddress)].join(" ");
        const why = transport === "unknown" ? `${got}, whose scheme only the request decides` : got;
        return [{ at, got: why, wanted: wantedPass(pass.protocol, name, tlsPrefix) }];
    });
}

const secureSchemes: Readonly<Record<string, string>> = {
    proxy_pass: "https://",
    grpc_pass: "grpcs://",
    uwsgi_pass: "suwsgi://",
};

function wantedPass(protocol: string, name: string, tlsPrefix: string): string {
    if (protocol !== "http") return `${tlsPrefix} on, or a Unix socket`;
    const scheme = secureSchemes[name];
    return scheme ? `${name} ${scheme}..., or a Unix socket` : `${name} to a Unix socket`;
}

const judgements = [plaintextListeners, plaintextUpstreams];

export const nginxForbidPlaintext: Rule = {
    name: "nginx-forbid-plaintext",
    severity: "critical",
    why: "An nginx that listens without TLS, or hands requests on without it, lets them cross the network unprotected. Only a redirect to https, a closed connection and a Unix socket need none.",
    fix: "Render the file with `NginxGateway`, or write `listen 8443 ssl;`, `proxy_pass https://...;`, `grpc_pass grpcs://...;`, in a stream `proxy_ssl on;`, and for the HTTP port alone `return 308 https://gateway.example.org$request_uri;`.",
    checks: [
        ...judgements.map(
            (judge): Check =>
                (subject) =>
                    nginxConfs(subject).flatMap(judge),
        ),
        readNginxTexts,
    ],
    stackChecks: judgements.map(
        (judge) => (subject, stack) => mountedNginxConfs(subject, stack).flatMap(judge),
    ),
};
