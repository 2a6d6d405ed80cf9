import { nginxConfs, readNginxTexts, type NginxConf } from "../facts/nginxConf";
import { hopOf } from "../facts/nginxPass";
import { nginxFacts, type NginxServer } from "../facts/nginxServers";
import type { Directive } from "../facts/nginxSyntax";
import {
    judgeCommands,
    judgeGroups,
    judgeProtocols,
    judgeSuites,
    shown,
    type TlsSide,
} from "../facts/nginxTls";
import { identityUse } from "../facts/nginxIdentity";
import type { Check, Rule, RuleContext, Violation } from "../rule";

type Judge = (conf: NginxConf, context: RuleContext) => Violation[];

const tlsServers = (conf: NginxConf): NginxServer[] =>
    nginxFacts(conf).servers.filter(({ listens }) => listens.some(({ tls }) => tls));

const serverSides = (conf: NginxConf): TlsSide[] =>
    tlsServers(conf).map(({ at, scope }) => ({ prefix: "ssl", at, scope }));

function upstreamSides(conf: NginxConf): TlsSide[] {
    const facts = nginxFacts(conf);
    return facts.passes.flatMap((pass) => {
        const { transport, tlsPrefix } = hopOf(pass, facts);
        if (transport !== "tls") return [];
        return [{ prefix: tlsPrefix, at: pass.directive.at, scope: pass.scope }];
    });
}

const allSides = (conf: NginxConf): TlsSide[] => [...serverSides(conf), ...upstreamSides(conf)];

const protocols: Judge = (conf) => allSides(conf).flatMap(judgeProtocols);

const suites: Judge = (conf, { profile }) =>
    allSides(conf).flatMap((side) => judgeSuites(side, profile));

const groups: Judge = (conf, { profile }) =>
    serverSides(conf).flatMap((side) => judgeGroups(side, profile));

const commands: Judge = (conf, { profile }) =>
    allSides(conf).flatMap((side) => judgeCommands(side, profile));

/** An upstream is only who its certificate says if that is checked, against a bundle and a name that no client chooses. */
const upstreamIdentity: Judge = (conf) =>
    upstreamSides(conf).flatMap(({ prefix, at, scope }) => [
        ...required(scope.effective(`${prefix}_verify`).at(-1), at, `${prefix}_verify`, "on"),
        ...required(
            scope.effective(`${prefix}_trusted_certificate`).at(-1),
            at,
            `${prefix}_trusted_certificate`,
            undefined,
        ),
        ...literalName(scope.effective(`${prefix}_name`).at(-1)),
    ]);

function required(
    found: Directive | undefined,
    at: string,
    name: string,
    value: string | undefined,
): Violation[] {
    const wanted = `${name} ${value ?? "/etc/trust/ca.crt"}`;
    if (!found) return [{ at, got: `no ${name}`, wanted }];
    const [given = ""] = found.args;
    const right = value === undefined ? given !== "" : given === value;
    return right ? [] : [{ at: found.at, got: shown(found), wanted }];
}

function literalName(found: Directive | undefined): Violation[] {
    if (!found?.args.some((arg) => arg.includes("$") && arg !== "$proxy_host")) return [];
    return [{ at: found.at, got: shown(found), wanted: `${found.name} with a literal name` }];
}

/** Who hands on or trusts a client's certificate must have verified it: without `ssl_verify_client` anybody can make one. */
const clientVerification: Judge = (conf) => {
    const usesIdentity = identityUse(conf);
    return tlsServers(conf)
        .filter(usesIdentity)
        .flatMap(({ at, scope }) => {
            const found = scope.effective("ssl_verify_client").at(-1);
            const wanted =
                "ssl_verify_client on, since the server relies on the client's certificate";
            if (!found) return [{ at, got: "no ssl_verify_client, which means off", wanted }];
            const verified = found.args[0] === "on" || found.args[0] === "optional";
            return verified ? [] : [{ at: found.at, got: shown(found), wanted }];
        });
};

const judges: readonly Judge[] = [
    protocols,
    suites,
    groups,
    commands,
    upstreamIdentity,
    clientVerification,
];

export const nginxRequireTls13: Rule = {
    name: "nginx-require-tls13",
    severity: "critical",
    why: "An nginx that accepts or opens connections below TLS 1.3, outside the profile's suites and groups, or without checking who is at the other end, lets its traffic be read or rerouted.",
    fix: "Render the file with `NginxGateway`, or set `ssl_protocols TLSv1.3`, `ssl_conf_command Ciphersuites ...`, `ssl_ecdh_curve ...`, and beside each pass `proxy_ssl_protocols TLSv1.3`, `proxy_ssl_conf_command Ciphersuites ...`, `proxy_ssl_verify on`, `proxy_ssl_trusted_certificate /etc/trust/ca.crt`.",
    checks: [
        ...judges.map(
            (judge): Check =>
                (subject, context) =>
                    nginxConfs(subject).flatMap((conf) => judge(conf, context)),
        ),
        readNginxTexts,
    ],
};
