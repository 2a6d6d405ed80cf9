import type { TlsProfile } from "../../components/tls/profile";
import { shownIf } from "../redact";
import type { Violation } from "../rule";
import type { Directive } from "./nginxSyntax";
import type { Scope } from "./nginxServers";
import { once } from "./perSubject";

/** One side of a connection that speaks TLS: which directives set it, and where to point at if none does. */
export interface TlsSide {
    /** Prefix of the directives, for example `ssl` or `proxy_ssl`. */
    readonly prefix: string;
    readonly at: string;
    readonly scope: Scope;
}

const version = "TLSv1.3";

/** The versions must be TLS 1.3 alone. nginx adds up several directives in one block, in any case. */
export function judgeProtocols({ prefix, at, scope }: TlsSide): Violation[] {
    const name = `${prefix}_protocols`;
    const wanted = `${name} ${version}`;
    const found = scope.effective(name);
    const first = found[0];
    if (!first) return [{ at, got: `no ${name}, which means TLSv1.2 TLSv1.3`, wanted }];
    return isOnlyTls13(found).yes ? [] : [{ at: first.at, got: shownAll(found).text, wanted }];
}

// A directive of an outer block is effective in each of thousands of servers, and is read once for all of them.
const isOnlyTls13 = once((found: readonly Directive[]) => {
    const versions = new Set(found.flatMap(({ args }) => args.map((arg) => arg.toLowerCase())));
    return { yes: versions.size === 1 && versions.has(version.toLowerCase()) };
});

const shownAll = once((found: readonly Directive[]) => ({ text: found.map(shown).join("; ") }));

/** The suites that OpenSSL is told must be of the profile. The last command wins. */
export function judgeSuites(side: TlsSide, profile: TlsProfile): Violation[] {
    const name = `${side.prefix}_conf_command Ciphersuites`;
    const wanted = `${name} with some of ${profile.cipherSuites.join(":")}`;
    const found = commands(side).filter(({ command }) => command === "ciphersuites");
    const last = found.at(-1);
    if (!last)
        return [{ at: side.at, got: `no ${name}, which means all that OpenSSL has`, wanted }];
    const suites = new Set(last.value.split(":"));
    if ([...suites].every((suite) => profile.cipherSuites.includes(suite))) return [];
    return [{ at: last.directive.at, got: shown(last.directive), wanted }];
}

/** The groups must be of the profile. A server without the directive offers whatever OpenSSL was built with. */
export function judgeGroups(side: TlsSide, profile: TlsProfile): Violation[] {
    const wanted = `ssl_ecdh_curve with some of ${profile.groups.join(":")}`;
    const last = side.scope.effective("ssl_ecdh_curve").at(-1);
    if (!last) {
        return [
            { at: side.at, got: "no ssl_ecdh_curve, which means all that OpenSSL has", wanted },
        ];
    }
    if (allGroupsOf(last.args.join(" "), profile)) return [];
    return [{ at: last.at, got: shown(last), wanted }];
}

/** Commands to OpenSSL that would undo what the other directives say. */
export function judgeCommands(side: TlsSide, profile: TlsProfile): Violation[] {
    return commands(side).flatMap(({ command, value, directive }) => {
        const wanted = insteadOf(command, value, profile);
        if (wanted === undefined) return [];
        return [{ at: directive.at, got: shown(directive), wanted: `${directive.name} ${wanted}` }];
    });
}

/** What would be right instead of the command, or nothing where it does no harm. */
function insteadOf(command: string, value: string, profile: TlsProfile): string | undefined {
    switch (command) {
        case "protocol":
            return "without Protocol";
        case "minprotocol":
        case "maxprotocol":
            return value.toLowerCase() === version.toLowerCase()
                ? undefined
                : `MinProtocol ${version}`;
        case "groups":
        case "curves":
            return allGroupsOf(value, profile)
                ? undefined
                : `Groups with some of ${profile.groups.join(":")}`;
        default:
            return undefined;
    }
}

interface Command {
    /** Lower case, since OpenSSL does not mind. */
    readonly command: string;
    readonly value: string;
    readonly directive: Directive;
}

const commands = ({ prefix, scope }: TlsSide): readonly Command[] =>
    commandsIn(scope.effective(`${prefix}_conf_command`));

const commandsIn = once((found: readonly Directive[]): readonly Command[] =>
    found
        .map((directive) => ({
            command: (directive.args[0] ?? "").toLowerCase(),
            value: directive.args[1] ?? "",
            directive,
        }))
        .filter(({ command }) => judgedCommands.has(command)),
);

const judgedCommands = new Set([
    "ciphersuites",
    "protocol",
    "minprotocol",
    "maxprotocol",
    "groups",
    "curves",
]);

/** Other names of the same groups. @see OpenSSL, SSL_CTX_set1_groups_list(3) */
const groupNames: Readonly<Record<string, string>> = {
    "p-256": "prime256v1",
    secp256r1: "prime256v1",
    "p-384": "secp384r1",
    "p-521": "secp521r1",
};

/** Separators and marks of OpenSSL's list: `:` and `/` part groups, `*` and `?` mark one. */
function allGroupsOf(list: string, profile: TlsProfile): boolean {
    const allowed = new Set(profile.groups.map((group) => group.toLowerCase()));
    return list.split(/[:/]/).every((entry) => {
        const name = entry.replace(/^[*?]+/, "").toLowerCase();
        return allowed.has(groupNames[name] ?? name);
    });
}

/** Versions, suites, groups, switches, commands and variables. */
const honest =
    /^[*?]*(|on|off|all|auto|optional|optional_no_ca|-?(tls|ssl)v[\d.]+|tls_\w+|(min|max)?protocol|ciphersuites|groups|curves|x\d+\w*|p-?\d+|(secp|prime|sect|ffdhe|brainpool|mlkem)\w+|\$\{?\w+\}?)$/i;

const isHonest = (list: string): boolean => list.split(/[:/]/).every((word) => honest.test(word));

/** A directive as it is told: what could not honestly stand in it is hidden. */
export const shown = ({ name, args }: Directive): string =>
    [name, ...args.map((arg) => shownIf(isHonest, arg))].join(" ");
