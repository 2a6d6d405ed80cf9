import type { IncomingMessage, ServerResponse } from "node:http";
import type { Server } from "node:https";
import { setTimeout } from "node:timers/promises";
import type { TLSSocket } from "node:tls";
import {
    type ConnectionSettings,
    destroy,
    type EndReason,
    followSchedule,
} from "./connectionTimers";
import { tlsSocketOf } from "./peer";

export interface DrainResult {
    /** Connections that the deadline cut, 0 where everything ended by itself. */
    readonly cut: number;
}

interface Connection {
    readonly inFlight: Set<ServerResponse>;
    /** The next response is the last. */
    retired: boolean;
    /** Ends as soon as nothing is in flight. */
    ending: boolean;
    /** Ends a connection that is not HTTP any more. */
    takenOver?: (reason: EndReason) => void;
}

/**
 * Ends the connections of an HTTPS server gently: at their age, at the end of the peer's certificate, and when the server drains.
 * Revocation and rotation reach a long-lived client only because it has to connect again.
 */
export class HttpConnections {
    readonly #open = new Map<TLSSocket, Connection>();
    readonly #server: Server;
    readonly #settings: ConnectionSettings;
    #draining = false;

    constructor(server: Server, settings: ConnectionSettings) {
        this.#server = server;
        this.#settings = settings;
        server.on("secureConnection", (socket: TLSSocket) => {
            this.#opened(socket);
        });
        // Before the application, which may answer at once.
        server.prependListener("request", (request: IncomingMessage, response: ServerResponse) => {
            this.#requested(tlsSocketOf(request), response);
        });
    }

    /**
     * Ends every connection after its next response, then stops accepting, then cuts what is left at the deadline.
     *
     * Connections are still accepted in the first quarter: clients learn of a pod's end only when its endpoint is gone from
     * every node, and until then a refused connection would be a failed request.
     */
    public async drain(deadlineSeconds: number): Promise<DrainResult> {
        this.#draining = true;
        this.#open.forEach(retire);
        await setTimeout(deadlineSeconds * 250);
        const closed = new Promise((resolve) => this.#server.close(resolve));
        this.#open.forEach((connection, socket) => {
            end(connection, socket, "drain");
        });
        const inTime = closed.then(() => true);
        const tooLate = setTimeout(deadlineSeconds * 750, false, { ref: false });
        const gentle = await Promise.race([inTime, tooLate]);
        const left = [...this.#open.keys()];
        // Awaited, so that the audit log has a line for what was cut.
        await Promise.all(left.map(destroy));
        return { cut: gentle ? 0 : left.length };
    }

    /**
     * Says that a connection was upgraded and so speaks another protocol. Instead of a response it gets `end`, once, which has to
     * end it within five seconds as its protocol does, at the drain's deadline at the latest; what is left then is cut.
     */
    public takeOver(socket: TLSSocket, end: (reason: EndReason) => void): void {
        const connection = this.#open.get(socket);
        if (connection) connection.takenOver = end;
    }

    #opened(socket: TLSSocket): void {
        const connection: Connection = {
            inFlight: new Set(),
            retired: this.#draining,
            ending: false,
        };
        this.#open.set(socket, connection);
        socket.once("close", () => {
            this.#open.delete(socket);
        });
        followSchedule(socket, this.#settings, {
            retire: () => {
                retire(connection);
            },
            end: (reason) => {
                end(connection, socket, reason);
            },
            cut: () => socket.destroy(),
        });
    }

    #requested(socket: TLSSocket, response: ServerResponse): void {
        const connection = this.#open.get(socket);
        if (!connection) return;
        connection.inFlight.add(response);
        if (connection.retired) response.setHeader("Connection", "close");
        response.once("close", () => {
            connection.inFlight.delete(response);
            // Its header was gone before the connection was retired, so the client has not been told.
            if (connection.ending && connection.inFlight.size === 0) socket.destroySoon();
        });
    }
}

/** Makes the response in flight, or else the next one, the last. */
function retire(connection: Connection): void {
    connection.retired = true;
    const newest = [...connection.inFlight].at(-1);
    if (newest && !newest.headersSent) newest.setHeader("Connection", "close");
}

/** Closes at once where nothing is in flight, else after the response. */
function end(connection: Connection, socket: TLSSocket, reason: EndReason): void {
    if (connection.takenOver) {
        if (!connection.ending) connection.takenOver(reason);
        connection.ending = true;
        return;
    }
    retire(connection);
    connection.ending = true;
    if (connection.inFlight.size === 0) socket.destroySoon();
}
