import { request as httpRequest, type IncomingHttpHeaders, type IncomingMessage } from "node:http";
import type { Duplex } from "node:stream";
import { handshake, openSocket, reasonOf, Refused, Silent } from "./connection";
import type { Address, Credentials, Hop, Question } from "./hop";

/** What came of a request: a response, or the peer's refusal to give one. */
export type Answer =
    | {
          readonly kind: "response";
          readonly status: number;
          readonly headers: IncomingHttpHeaders;
          readonly body: string;
      }
    | { readonly kind: "refused"; readonly reason: string };

/**
 * One HTTP/1.1 request over a TLS connection of its own. A refusal, in the handshake or after it, is an answer.
 *
 * @param client shown when the server asks for a certificate; absent: none
 * @throws Unreachable if not even TCP works
 */
export async function ask(hop: Hop, question: Question, client?: Credentials): Promise<Answer> {
    const headers = { Host: authorityOf(hop), ...question.headers };
    try {
        const socket = await handshake(hop, client ? { client } : {});
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
export function authorityOf({ host, port }: Hop): string {
    return port === 443 ? host : `${host}:${port}`;
}

async function send(socket: Duplex, { method, path, headers }: Question): Promise<Answer> {
    try {
        return await new Promise<Answer>((resolve, reject) => {
            const refuse = (error: unknown): void => {
                if (error instanceof Silent) reject(error);
                else resolve({ kind: "refused", reason: reasonOf(error) });
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
            outgoing.on("upgrade", ({ statusCode: status = 0, headers: fields }) => {
                resolve({ kind: "response", status, headers: fields, body: "" });
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
