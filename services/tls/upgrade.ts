import { type IncomingMessage, STATUS_CODES } from "node:http";
import type { Server } from "node:https";
import type { TLSSocket } from "node:tls";
import type { HttpConnections } from "./connections";
import type { EndReason } from "./connectionTimers";
import { type Log, messageOf } from "./log";
import { tlsSocketOf } from "./peer";

/** A client's wish to speak another protocol, such as WebSocket, on its connection. Either accepted or refused, once. */
export interface Upgrade {
    readonly request: IncomingMessage;
    readonly socket: TLSSocket;
    /** What the client sent behind its request. */
    readonly head: Buffer;
    /**
     * From now on the connection speaks the other protocol. `end` is called once when it has to end: at the maximum age, at the
     * end of the peer's certificate, at a drain. Five seconds later, or at the drain's deadline, it is cut.
     */
    accept(end: (reason: EndReason) => void): void;
    /** Answers `{"error": code}` with that status and closes the connection. */
    refuse(status: number, code: string, headers?: Readonly<Record<string, string>>): void;
}

export interface UpgradeSettings {
    readonly connections: HttpConnections;
    readonly log: Log;
    /** Decides. What it throws is answered 500, or closes the connection where that was accepted already, and is logged. */
    readonly handle: (upgrade: Upgrade) => void | Promise<void>;
}

/** Lets a server accept upgrades. Without this a request for one is answered as any other request is. */
export function onUpgrade(server: Server, settings: UpgradeSettings): void {
    server.on("upgrade", (request, _socket, head: Buffer) => {
        const upgrade = new Asked(request, head, settings.connections);
        // Node has given the connection out of its hands: nobody else listens, and an error would end the process.
        upgrade.socket.on("error", (error: Error) => {
            settings.log.warn(
                { event: "upgrade_failed", reason: error.message },
                "connection lost",
            );
        });
        decide(upgrade, settings).catch((error: unknown) => {
            const reason = messageOf(error);
            settings.log.error({ event: "upgrade_failed", reason }, "upgrade failed");
            upgrade.fail();
        });
    });
}

async function decide(upgrade: Upgrade, { handle }: UpgradeSettings): Promise<void> {
    await handle(upgrade);
}

class Asked implements Upgrade {
    public readonly socket: TLSSocket;
    #accepted = false;

    constructor(
        public readonly request: IncomingMessage,
        public readonly head: Buffer,
        private readonly connections: HttpConnections,
    ) {
        this.socket = tlsSocketOf(request);
    }

    public accept(end: (reason: EndReason) => void): void {
        this.#accepted = true;
        this.connections.takeOver(this.socket, end);
    }

    public refuse(status: number, code: string, headers: Readonly<Record<string, string>> = {}) {
        const body = JSON.stringify({ error: code });
        const lines = Object.entries({
            ...headers,
            "Content-Type": "application/json; charset=utf-8",
            "Content-Length": String(Buffer.byteLength(body)),
            "Cache-Control": "no-store",
            Connection: "close",
        }).map(([name, value]) => `${name}: ${value}`);
        const start = `HTTP/1.1 ${status} ${STATUS_CODES[status] ?? ""}`;
        this.socket.end([start, ...lines, "", body].join("\r\n"));
        // A client that does not close its side is not waited for.
        this.socket.destroySoon();
    }

    public fail(): void {
        if (this.#accepted) this.socket.destroy();
        else this.refuse(500, "internal_error");
    }
}
