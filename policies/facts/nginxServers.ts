import { shownAddress } from "../redact";
import type { NginxConf } from "./nginxConf";
import type { Directive } from "./nginxSyntax";
import { once } from "./perSubject";

export type NginxProtocol = "http" | "stream" | "mail";

const none: readonly Directive[] = [];

/** The directives of one block, and the blocks around it from which it inherits. */
export class Scope {
    readonly parent: Scope | undefined;
    private readonly byName = new Map<string, Directive[]>();

    constructor(directives: readonly Directive[], parent?: Scope) {
        this.parent = parent;
        for (const directive of directives) {
            if (directive.block) continue;
            const same = this.byName.get(directive.name);
            if (same) same.push(directive);
            else this.byName.set(directive.name, [directive]);
        }
    }

    /** The directives of that name in the nearest block that has any: nginx inherits all or nothing. */
    effective(name: string): readonly Directive[] {
        return this.byName.get(name) ?? this.parent?.effective(name) ?? none;
    }
}

interface Listen {
    readonly at: string;
    /** As written, or what nginx assumes where a server has no `listen`. */
    readonly text: string;
    /** A Unix socket never leaves the pod. */
    readonly unix: boolean;
    /** `ssl`, or `quic`, which is TLS 1.3 by definition. */
    readonly tls: boolean;
}

export interface NginxServer {
    readonly protocol: NginxProtocol;
    readonly at: string;
    readonly listens: readonly Listen[];
    readonly scope: Scope;
    readonly directives: readonly Directive[];
}

/** A directive that hands a request on to another server. */
export interface NginxPass {
    readonly protocol: NginxProtocol;
    readonly directive: Directive;
    readonly scope: Scope;
}

export interface NginxFacts {
    readonly servers: readonly NginxServer[];
    readonly passes: readonly NginxPass[];
    /** Whether an `upstream` of that protocol and name has Unix sockets alone. */
    readonly isLocalUpstream: (protocol: NginxProtocol, name: string) => boolean;
}

const passNames = new Set([
    "proxy_pass",
    "grpc_pass",
    "fastcgi_pass",
    "uwsgi_pass",
    "scgi_pass",
    "memcached_pass",
]);

/** Blocks that hold data and no directives. */
const dataBlocks = new Set(["map", "geo", "types", "split_clients", "charset_map", "match"]);

/** What a configuration listens on and where it hands requests to. */
export const nginxFacts = once((conf: NginxConf): NginxFacts => new Walk(conf.directives));

class Walk implements NginxFacts {
    readonly servers: NginxServer[] = [];
    readonly passes: NginxPass[] = [];
    private readonly localUpstreams = new Map<string, boolean>();

    constructor(directives: readonly Directive[]) {
        this.visit(directives, new Scope(directives), undefined);
    }

    readonly isLocalUpstream = (protocol: NginxProtocol, name: string): boolean =>
        this.localUpstreams.get(`${protocol} ${name}`) ?? false;

    private visit(
        directives: readonly Directive[],
        scope: Scope,
        protocol: NginxProtocol | undefined,
    ): void {
        for (const directive of directives) {
            const { name, block } = directive;
            if (!block) {
                if (passNames.has(name)) {
                    this.passes.push({ protocol: protocol ?? "http", directive, scope });
                }
            } else if (name === "server") {
                this.server(directive, block, scope, protocol);
            } else if (name === "upstream") {
                this.upstream(directive, block, protocol ?? "http");
            } else if (!dataBlocks.has(name)) {
                this.visit(block, new Scope(block, scope), protocolOf(name) ?? protocol);
            }
        }
    }

    private server(
        { at }: Directive,
        block: readonly Directive[],
        around: Scope,
        outer: NginxProtocol | undefined,
    ): void {
        const protocol = outer ?? guessedProtocol(block);
        const scope = new Scope(block, around);
        const listens = block.filter(({ name }) => name === "listen").map(listenOf);
        this.servers.push({
            protocol,
            at,
            listens: listens.length > 0 ? listens : [impliedListen(at)],
            scope,
            directives: block,
        });
        this.visit(block, scope, protocol);
    }

    private upstream(
        { args }: Directive,
        block: readonly Directive[],
        protocol: NginxProtocol,
    ): void {
        const servers = block.filter(({ name }) => name === "server");
        const local = servers.length > 0 && servers.every((server) => isUnix(server.args[0] ?? ""));
        const name = args[0] ?? "";
        const before = this.localUpstreams.get(`${protocol} ${name}`) ?? true;
        this.localUpstreams.set(`${protocol} ${name}`, before && local);
    }
}

const protocolOf = (block: string): NginxProtocol | undefined =>
    block === "http" || block === "stream" || block === "mail" ? block : undefined;

/** A file for conf.d does not say what it is included in. In a stream, `proxy_pass` stands in the server and has no scheme. */
function guessedProtocol(block: readonly Directive[]): NginxProtocol {
    return block.some(({ name }) => name === "proxy_pass") ? "stream" : "http";
}

function listenOf({ at, args }: Directive): Listen {
    const [address = "", ...parameters] = args;
    return {
        at,
        text: ["listen", ...args.map(shownAddress)].join(" "),
        unix: isUnix(address),
        tls: parameters.includes("ssl") || parameters.includes("quic"),
    };
}

/** @see https://nginx.org/en/docs/http/ngx_http_core_module.html#listen */
const impliedListen = (at: string): Listen => ({
    at,
    text: "no listen, which means *:80",
    unix: false,
    tls: false,
});

export const isUnix = (address: string): boolean => /^unix:/i.test(address);
