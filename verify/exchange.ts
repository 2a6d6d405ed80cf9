import { request as httpRequest, type IncomingHttpHeaders, type IncomingMessage } from "node:http";
import { connect as startHttp2 } from "node:http2";
import type { Duplex } from "node:stream";
import { handshake, openSocket, reasonOf, Refused } from "./connection";
import type { Address, Credentials, Hop } from "./hop";

/** What came of a request: a response, or the peer's refusal to give one. */
export type Answer =
    | {
          readonly kind: "response";
          readonly status: number;
          readonly headers: IncomingHttpHeaders;
          readonly body: string;
      }
    | { readonly kind: "refused"; readonly reason: string };

export interface Question {
    /** Default GET. */
    readonly method?: string;
    readonly path: string;
    /** Added to `Host`, or in its place. */
    readonly headers?: Readonly<Record<string, string>>;
    /** Shown when the server asks for a certificate; absent: none. */
    readonly client?: Credentials;
}

/**
 * One HTTP/1.1 request over a TLS connection of its own. A refusal, in the handshake or after it, is an answer.
 *
 * @throws Unreachable if not even TCP works
 */
export async function ask(hop: Hop, question: Question): Promise<Answer> {
    const headers = { Host: authorityOf(hop), ...question.headers };
    try {
        const socket = await handshake(hop, question.client ? { client: question.client } : {});
        return await send(socket, { ...question, headers });
    } catch (error) {
        if (error instanceof Refused) return { kind: "refused", reason: error.message };
        throw error;
    }
}

/** One HTTP/1.1 request in plaintext. `headers` must name the `Host`. */
export async function askInPlaintext(address: Address, question: Question): Promise<Answer> {
    return send(await openSocket(address), question);
}

/** A hop as it stands in `Host`: without the port where that is the scheme's own. */
function authorityOf({ host, port }: Hop): string {
    return port === 443 ? host : `${host}:${port}`;
}

async function send(socket: Duplex, { method, path, headers }: Question): Promise<Answer> {
    try {
        return await new Promise<Answer>((resolve) => {
            const refuse = (error: unknown): void => {
                resolve({ kind: "refused", reason: reasonOf(error) });
            };
            const outgoing = httpRequest({
                createConnection: () => socket,
                method: method ?? "GET",
                path,
                headers: { Connection: "close", ...headers },
            });
            outgoing.on("error", refuse);
            outgoing.on("response", (incoming) => {
                read(incoming).then(resolve, refuse);
            });
            outgoing.end();
        });
    } finally {
        socket.destroy();
    }
}

async function read(incoming: IncomingMessage): Promise<Answer> {
    const chunks: Buffer[] = [];
    for await (const chunk of incoming) chunks.push(chunk as Buffer);
    return {
        kind: "response",
        status: incoming.statusCode ?? 0,
        headers: incoming.headers,
        body: Buffer.concat(chunks).toString(),
    };
}

/** One GET over HTTP/2 with the given credentials; its status, and the protocol that ALPN agreed on. */
export async function askOverHttp2(
    hop: Hop,
    path: string,
    client: Credentials,
): Promise<{ protocol: string; status: number }> {
    const socket = await handshake(hop, { client, protocols: ["h2", "http/1.1"] });
    const protocol = socket.alpnProtocol || "none";
    if (protocol !== "h2") {
        socket.destroy();
        return { protocol, status: 0 };
    }
    const session = startHttp2(`https://${hop.host}`, { createConnection: () => socket });
    try {
        const status = await new Promise<number>((resolve, reject) => {
            session.on("error", reject);
            const stream = session.request({ ":path": path, ":authority": authorityOf(hop) });
            stream.on("error", reject);
            stream.on("close", () => {
                reject(new Error("the stream was closed without a response"));
            });
            stream.on("response", (headers) => {
                resolve(headers[":status"] ?? 0);
            });
            stream.resume();
        });
        return { protocol, status };
    } finally {
        session.destroy();
    }
}
