import type { NginxConf } from "./nginxConf";
import type { NginxServer } from "./nginxServers";
import type { Directive } from "./nginxSyntax";
import { once } from "./perSubject";

/** Says whether a server hands on, or decides by, what a client's certificate says. */
export function identityUse(conf: NginxConf): (server: NginxServer) => boolean {
    const carriers = identityVariables(conf.directives);
    const uses = (directives: readonly Directive[]): boolean =>
        directives.some(({ args, block }) => args.some(carries) || (block ? uses(block) : false));
    const carries = (arg: string): boolean =>
        variablesIn(arg).some((name) => isIdentity(name) || carriers.has(name));
    // Headers of an outer block are effective in each of thousands of servers.
    const inherited = once((found: readonly Directive[]) => ({ yes: uses(found) }));
    return ({ directives, scope }) =>
        uses(directives) || passedHeaders.some((name) => inherited(scope.effective(name)).yes);
}

const passedHeaders = ["proxy_set_header", "grpc_set_header"];

/** What nginx knows of a client's certificate, except `$ssl_client_verify`, which says that there is none. */
const isIdentity = (name: string): boolean =>
    name.startsWith("ssl_client_") && name !== "ssl_client_verify";

const variablesIn = (arg: string): string[] =>
    Array.from(arg.matchAll(/\$\{?(\w+)/g), ([, name = ""]) => name);

/** Variables that `map` and `set` fill from a client's certificate, through however many of them. */
function identityVariables(directives: readonly Directive[]): ReadonlySet<string> {
    const filledFrom = new Map<string, string[]>();
    collect(directives, filledFrom);
    const found = new Set<string>();
    const open = [...filledFrom.keys()].filter(isIdentity);
    for (let name = open.pop(); name !== undefined; name = open.pop()) {
        for (const next of filledFrom.get(name) ?? []) {
            if (found.has(next)) continue;
            found.add(next);
            open.push(next);
        }
    }
    return found;
}

/** For each variable those that are made from it. */
function collect(directives: readonly Directive[], filledFrom: Map<string, string[]>): void {
    for (const { name, args, block } of directives) {
        const [first = "", second = ""] = args;
        if (name === "map" && block) {
            const values = block.flatMap((entry) => entry.args);
            connect([first, ...values], second, filledFrom);
        } else if (name === "set") {
            connect([second], first, filledFrom);
        }
        if (block) collect(block, filledFrom);
    }
}

function connect(sources: readonly string[], to: string, filledFrom: Map<string, string[]>): void {
    const target = to.replace(/^\$/, "");
    for (const source of sources.flatMap(variablesIn)) {
        const targets = filledFrom.get(source);
        if (targets) targets.push(target);
        else filledFrom.set(source, [target]);
    }
}
