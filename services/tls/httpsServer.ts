import type { RequestListener } from "node:http";
import { createServer, type Server } from "node:https";
import type { Socket } from "node:net";
import type { Server as TlsServer, TLSSocket } from "node:tls";
import type { Log } from "./log";
import { serverOptions, type TlsPolicy } from "./options";
import type { ReloadingCertificate } from "./reload";

export interface TlsServerSettings {
    readonly certificate: ReloadingCertificate;
    readonly policy: TlsPolicy;
    readonly log: Log;
}

/**
 * An HTTPS server over mutual TLS 1.3 that follows its certificate, bounds what one client may use, and logs every refused
 * handshake with its reason. A refused client learns little: Node resets the connection where a certificate does not verify.
 */
export function createTlsServer(settings: TlsServerSettings, listener: RequestListener): Server {
    const { certificate, policy, log } = settings;
    const server = createServer(
        {
            ...serverOptions(policy, () => certificate.current),
            maxHeaderSize: 16 * 1024,
            headersTimeout: 10_000,
            requestTimeout: 30_000,
            connectionsCheckingInterval: 5_000,
            // Longer than nginx keeps an idle upstream connection (60 s): the side that reuses a connection should close it.
            keepAliveTimeout: 75_000,
        },
        listener,
    );
    server.maxHeadersCount = 100;
    server.maxConnections = 4096;
    certificate.serve(server);
    logRefusals(server, log);
    return server;
}

/** A socket below TLS; Node does not document it, and without it a refused connection has no address. */
interface Wrapped {
    readonly _parent?: Socket;
}

/** Logs every handshake that fails, with its reason and the address it came from. */
export function logRefusals(server: TlsServer, log: Log): void {
    // Reading the address makes the socket remember it: by the time a handshake has failed the connection is gone.
    server.on("connection", (socket: Socket) => socket.remoteAddress);
    server.on("tlsClientError", (error: NodeJS.ErrnoException, socket: TLSSocket & Wrapped) => {
        // Set to the code of the verification where the certificate is what was refused; typed as an Error, and is a string.
        const unverified = socket.authorizationError as unknown as string | null | undefined;
        const reason = unverified ?? error.code ?? error.message;
        const address = socket._parent?.remoteAddress;
        log.warn({ event: "handshake_refused", reason, address }, "handshake refused");
    });
}
