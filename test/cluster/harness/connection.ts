import * as net from "node:net";
import * as tls from "node:tls";
import { isLab } from "../../target";
import type { Credentials } from "./credentials";
import type { Address, Attempt, Endpoint, Outcome } from "./hop";

/**
 * How long a server may take to refuse a TLS 1.3 client certificate, which follows the handshake. A forward through the API server
 * holds back the end of a connection for a second.
 */
const alertMs = isLab ? 300 : 1_500;

export interface Handshake {
    /** What the protocol says in clear before TLS begins. */
    readonly prelude?: (socket: net.Socket) => Promise<void>;
    readonly protocols?: readonly string[];
}

function connectPlain(address: Address): Promise<net.Socket> {
    return new Promise((resolve, reject) => {
        const socket = net.connect(address, () => {
            resolve(socket);
        });
        socket.once("error", reject);
    });
}

/** A connection as a try asks for it. */
export const connect = (
    endpoint: Endpoint,
    attempt: Attempt,
    handshake?: Handshake,
): Promise<net.Socket> =>
    attempt.plaintext === true
        ? connectPlain(endpoint.address)
        : connectTls(endpoint, attempt, handshake);

/** A connection that has not been refused: the handshake is done, and no alert came after it. */
async function connectTls(
    endpoint: Endpoint,
    attempt: Attempt,
    { prelude, protocols }: Handshake = {},
): Promise<tls.TLSSocket> {
    const plain = await connectPlain(endpoint.address);
    await prelude?.(plain);
    return new Promise((resolve, reject) => {
        const socket = tls.connect({
            socket: plain,
            ...offered(endpoint, attempt),
            ...(protocols !== undefined && { ALPNProtocols: [...protocols] }),
        });
        socket.once("error", reject);
        socket.once("close", () => {
            reject(new Error("closed"));
        });
        socket.once("secureConnect", () =>
            setTimeout(() => {
                resolve(socket);
            }, alertMs),
        );
    });
}

/** What a client offers in the handshake. */
export const offered = (
    { host, trust }: Endpoint,
    attempt: Attempt,
): tls.ConnectionOptions & { servername: string } => ({
    servername: attempt.host ?? host,
    ca: trust,
    minVersion: "TLSv1.2",
    maxVersion: attempt.maxVersion ?? "TLSv1.3",
    ...(attempt.cipherSuites !== undefined && { ciphers: attempt.cipherSuites }),
    ...(attempt.groups !== undefined && { ecdhCurve: attempt.groups }),
    ...clientCertificate(attempt.credentials),
});

export const clientCertificate = (credentials?: Credentials): tls.SecureContextOptions =>
    credentials === undefined ? {} : { cert: credentials.certificate, key: credentials.privateKey };

/** SHA-256 fingerprint of the leaf that a new connection is served. */
export async function servedFingerprint(
    endpoint: Endpoint,
    credentials: Credentials,
    handshake?: Handshake,
): Promise<string> {
    const socket = await connectTls(endpoint, { credentials }, handshake);
    const { fingerprint256 } = socket.getPeerCertificate();
    socket.destroy();
    return fingerprint256;
}

/** What comes of a try: an answer, or the reason why there is none. */
export async function outcomeOf(attempt: () => Promise<Outcome>): Promise<Outcome> {
    try {
        return await attempt();
    } catch (error) {
        return { kind: "refused", reason: reasonOf(error) };
    }
}

/** Errors of node's core are of another realm than a test's, so `instanceof` would not know them. */
function reasonOf(error: unknown): string {
    const { code, message = String(error) } = error as { code?: string; message?: string };
    return code === "EPROTO" ? alertOf(message) : (code ?? message);
}

/** The code that Node gives the alert elsewhere: while a socket is written to it has only the library's text. */
function alertOf(message: string): string {
    const reason = /SSL routines:[^:]*:([^:]+):/.exec(message)?.[1] ?? message;
    return `ERR_SSL_${reason.toUpperCase().replaceAll(" ", "_")}`;
}
