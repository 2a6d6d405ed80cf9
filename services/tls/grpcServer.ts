import { setTimeout } from "node:timers/promises";
import { createServer, type Server, type TLSSocket } from "node:tls";
import {
    type ConnectionInjector,
    type Server as GrpcServer,
    ServerCredentials,
} from "@grpc/grpc-js";
import type { DrainResult } from "./connections";
import { type ConnectionSettings, destroy, followSchedule } from "./connectionTimers";
import { logRefusals, type TlsServerSettings } from "./httpsServer";
import { serverOptions } from "./options";

export interface GrpcConnectionsSettings extends TlsServerSettings, ConnectionSettings {}

/** Time that calls in flight have once a connection has to end. */
const graceMs = 5_000;

/**
 * Serves gRPC over mutual TLS 1.3. The library's own credentials set neither a version nor groups and end connections by age only;
 * so TLS is this library's, as for HTTPS, and each connection is handed over to gRPC when its peer has been verified. It is ended
 * gently (GOAWAY, calls in flight are answered) at its age, at the end of the peer's certificate, and when the server drains.
 */
export class GrpcConnections {
    /** To listen with. */
    public readonly server: Server;
    readonly #grpc: GrpcServer;
    readonly #settings: GrpcConnectionsSettings;
    readonly #open = new Map<TLSSocket, ConnectionInjector>();

    constructor(grpc: GrpcServer, settings: GrpcConnectionsSettings) {
        const { certificate, policy, log } = settings;
        this.#grpc = grpc;
        this.#settings = settings;
        this.server = createServer({
            ...serverOptions(policy, () => certificate.current),
            ALPNProtocols: ["h2"],
        });
        this.server.maxConnections = 4096;
        certificate.serve(this.server);
        logRefusals(this.server, log);
        this.server.on("secureConnection", (socket) => {
            this.#opened(socket);
        });
    }

    /**
     * Ends every connection gently, then stops accepting, then cuts what is left at the deadline. Connections are still accepted in
     * the first quarter: clients learn of a pod's end only when its endpoint is gone from every node.
     */
    public async drain(deadlineSeconds: number): Promise<DrainResult> {
        const firstMs = deadlineSeconds * 250;
        const restMs = deadlineSeconds * 1000 - firstMs;
        this.#end(deadlineSeconds * 1000);
        await setTimeout(firstMs);
        const closed = new Promise((resolve) => this.server.close(resolve));
        this.#end(restMs);
        const gentle = await Promise.race([
            closed.then(() => true),
            setTimeout(restMs, false, { ref: false }),
        ]);
        const left = [...this.#open.keys()];
        await Promise.all(left.map(destroy));
        return { cut: gentle ? 0 : left.length };
    }

    #end(withinMs: number): void {
        this.#open.forEach((connection) => {
            connection.drain(withinMs);
        });
    }

    #opened(socket: TLSSocket): void {
        const { log } = this.#settings;
        socket.on("error", (error: Error) => {
            log.warn({ event: "connection_lost", reason: error.message }, "connection lost");
        });
        if (socket.alpnProtocol !== "h2") {
            const address = socket.remoteAddress;
            const reason = "no_application_protocol";
            log.warn({ event: "handshake_refused", reason, address }, "handshake refused");
            socket.destroy();
            return;
        }
        // An injector for each connection, since it drains as a whole. To gRPC the connection is plain: TLS ends here.
        const connection = this.#grpc.createConnectionInjector(ServerCredentials.createInsecure());
        this.#open.set(socket, connection);
        socket.once("close", () => {
            this.#open.delete(socket);
            connection.destroy();
        });
        followSchedule(socket, this.#settings, {
            retire: () => undefined,
            end: () => {
                connection.drain(graceMs);
            },
            cut: () => socket.destroy(),
        });
        connection.injectConnection(socket);
    }
}
