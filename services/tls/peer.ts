import type { X509Certificate } from "node:crypto";
import type { IncomingMessage } from "node:http";
import { TLSSocket } from "node:tls";
import { identityOf } from "./identity";

/** The TLS connection of a request. Throws where there is none, which a server of this library never has. */
export function tlsSocketOf({ socket }: IncomingMessage): TLSSocket {
    if (socket instanceof TLSSocket) return socket;
    throw new Error("the request came without TLS");
}

/** The leaf that the TLS peer showed, which the handshake has verified. */
export function peerCertificate(request: IncomingMessage): X509Certificate | undefined {
    return tlsSocketOf(request).getPeerX509Certificate();
}

/** The identity of the TLS peer itself, whose certificate the handshake has verified, whoever it speaks for. */
export function peerIdentity(request: IncomingMessage): string | undefined {
    const certificate = peerCertificate(request);
    return certificate && identityOf(certificate);
}
