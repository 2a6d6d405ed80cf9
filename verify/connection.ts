import { once } from "node:events";
import { connect, type Socket } from "node:net";
import { connect as startTls, type ConnectionOptions, type TLSSocket } from "node:tls";
import { encodeClientHello, parseReply, type HelloOffer, type HelloReply } from "./clientHello";
import { codeOf, messageOf } from "./errors";
import type { Address, Credentials, Hop } from "./hop";

const SILENCE_MS = 10_000;

/** The TCP connection itself failed: whatever was to be looked at could not be. */
export class Unreachable extends Error {}

/** The other side says nothing, neither yes nor no. */
export class Silent extends Error {}

/** The other side ended a handshake or a connection. The message says how, for example "alert certificate_required". */
export class Refused extends Error {}

/**
 * Opens a TCP connection.
 *
 * @throws Unreachable with the address and the reason
 */
export async function openSocket({ host, port }: Address): Promise<Socket> {
    const socket = connect({ host, port });
    endWhenSilent(socket);
    try {
        await once(socket, "connect");
    } catch (error) {
        throw new Unreachable(`${host}:${port}: ${messageOf(error)}`);
    }
    return socket;
}

function endWhenSilent(socket: Socket): void {
    socket.setTimeout(SILENCE_MS, () => {
        socket.destroy(new Silent(`silent for ${SILENCE_MS / 1000} s`));
    });
}

/** Opens a connection to a hop, up to the point where TLS begins. */
export async function dial(hop: Hop): Promise<Socket> {
    const socket = await openSocket(hop.address);
    await hop.prelude?.(socket);
    return socket;
}

/** Sends one hand-made ClientHello and reads the first record of the answer. */
export async function sayHello(hop: Hop, offer: HelloOffer): Promise<HelloReply> {
    return speak(await dial(hop), encodeClientHello(offer));
}

/** Sends bytes over a connection, reads the first record of the answer, and ends the connection. */
export async function speak(socket: Socket, bytes: Buffer): Promise<HelloReply> {
    let reply: HelloReply | undefined;
    try {
        await converse(socket, bytes, (answer) => (reply = parseReply(answer)) !== undefined);
    } catch (error) {
        if (!(error instanceof Refused)) throw error;
    }
    return reply ?? { kind: "closed" };
}

/**
 * Says something and reads until the answer is whole; then the connection is ended.
 *
 * @throws Refused where the other side ended it before that
 */
export async function converse(
    socket: Socket,
    words: Buffer,
    isWhole: (answer: Buffer) => boolean,
): Promise<Buffer> {
    let answer: Buffer = Buffer.alloc(0);
    socket.write(words);
    try {
        for await (const chunk of socket) {
            answer = Buffer.concat([answer, chunk as Buffer]);
            if (isWhole(answer)) return answer;
        }
    } catch (error) {
        if (!isRefusal(error)) throw error;
        throw new Refused(reasonOf(error));
    } finally {
        socket.destroy();
    }
    throw new Refused("connection closed");
}

export interface HandshakeOptions {
    /** Shown when asked for; absent: none. */
    readonly client?: Credentials;
    /** PEM of the trusted roots; default: the hop's bundle. */
    readonly trust?: string | string[];
    /** Default true: a server whose chain or name does not hold ends the handshake. */
    readonly verifyServer?: boolean;
    /** Protocols offered in ALPN; default none. */
    readonly protocols?: readonly string[];
}

/**
 * A TLS 1.3 handshake with the hop, by node's own TLS. In TLS 1.3 a server that refuses the client's certificate says so only after
 * this has returned: see `exchange`.
 *
 * @throws Refused where either side ended the handshake
 */
export async function handshake(hop: Hop, options: HandshakeOptions = {}): Promise<TLSSocket> {
    const below = await dial(hop);
    const settings: ConnectionOptions = {
        socket: below,
        servername: hop.host,
        minVersion: "TLSv1.3",
        ca: options.trust ?? hop.trustBundle,
        rejectUnauthorized: options.verifyServer ?? true,
        ALPNProtocols: [...(options.protocols ?? [])],
        ...(options.client
            ? { cert: options.client.certificate, key: options.client.privateKey }
            : {}),
    };
    const socket = startTls(settings);
    // Ended from below TLS sees no more than an end, and our own impatience would look like the other side's refusal.
    below.setTimeout(0);
    endWhenSilent(socket);
    try {
        await once(socket, "secureConnect");
    } catch (error) {
        socket.destroy();
        if (error instanceof Silent) throw error;
        throw new Refused(reasonOf(error));
    }
    // A reader of the socket hears of later errors by its own listener; without any, they must not end the process.
    socket.on("error", () => socket.destroy());
    return socket;
}

/**
 * How a peer ended a connection, from the error that it left: "alert certificate_required", "connection closed", or the error's own
 * words where the verifier itself gave up.
 */
export function reasonOf(error: unknown): string {
    if (error instanceof Refused) return error.message;
    return alertIn(error) ?? (endedByPeer(error) ? "connection closed" : messageOf(error));
}

function alertIn(error: unknown): string | undefined {
    const alert = /^ERR_SSL_.*_ALERT_(.+)$/.exec(codeOf(error))?.[1];
    return alert && `alert ${alert.toLowerCase()}`;
}

/** Whether the peer closed or reset the connection, rather than the verifier giving up. */
function endedByPeer(error: unknown): boolean {
    return ["ECONNRESET", "EPIPE", "ERR_STREAM_PREMATURE_CLOSE"].includes(codeOf(error));
}

/** Whether an error means that the peer did not want us. */
export const isRefusal = (error: unknown): boolean =>
    error instanceof Refused || alertIn(error) !== undefined || endedByPeer(error);
