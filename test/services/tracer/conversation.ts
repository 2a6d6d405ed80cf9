import type { OutgoingHttpHeaders } from "node:http";
import { WebSocket } from "ws";
import type { Credential } from "../pki";
import { claimsFor } from "./issuer";
import type { RunningTracer } from "./runningTracer";

export interface Wish {
    readonly path?: string;
    readonly protocols?: string[];
    readonly headers?: OutgoingHttpHeaders;
    /** Options of the TLS connection that differ from what the credential gives. */
    readonly tls?: object;
}

export interface Ending {
    readonly code: number;
    readonly reason: string;
}

export const bearer = (token: string) => ({ Authorization: `Bearer ${token}` });

/** The header of a good token for the holder of a certificate. */
export const tokenFor = ({ issuer }: RunningTracer, credential: Credential) =>
    bearer(issuer.token(claimsFor(credential)));

export const event = (name = "span started") =>
    JSON.stringify({ name, at: "2026-11-24T08:00:00.000Z", attributes: { step: 1 } });

/** An open socket as its client sees it. */
export class Conversation {
    public readonly received: string[] = [];
    /** When the socket is closed, and why. */
    public readonly ended: Promise<Ending>;
    private waiting: (() => void) | undefined;

    constructor(public readonly socket: WebSocket) {
        socket.on("message", (data: Buffer) => {
            this.received.push(data.toString());
            this.waiting?.();
        });
        socket.on("error", () => undefined);
        this.ended = new Promise((resolve) => {
            socket.once("close", (code, reason) => {
                resolve({ code, reason: reason.toString() });
            });
        });
    }

    /** Sends a frame and waits for what comes back, an answer or the end. */
    public async ask(data: string | Buffer, options: object = {}): Promise<string | Ending> {
        const before = this.received.length;
        const answered = new Promise<string>((resolve) => {
            this.waiting = () => {
                resolve(this.received[before] ?? "");
            };
        });
        this.socket.send(data, options);
        return Promise.race([answered, this.ended]);
    }

    /** Goes as a client that is done. */
    public async leave(): Promise<Ending> {
        this.socket.close(1000);
        return this.ended;
    }
}

type Outcome = { conversation: Conversation } | { status: number; headers: object; body: string };

/** Asks for a socket; rejects with what the connection says. */
export function connect(
    running: RunningTracer,
    credential: Credential | undefined,
    { path = "/stream", protocols = [], headers = {}, tls = {} }: Wish = {},
): Promise<Outcome> {
    const options = { ...running.as(credential), headers, ...tls };
    const socket = new WebSocket(`wss://127.0.0.1:${options.port}${path}`, protocols, options);
    return new Promise((resolve, reject) => {
        socket.once("open", () => {
            resolve({ conversation });
        });
        // Listens from the start: what follows the handshake at once is not to be missed.
        const conversation = new Conversation(socket);
        socket.once("error", reject);
        socket.once("unexpected-response", (_request, response) => {
            let body = "";
            response.on("data", (chunk: Buffer) => (body += chunk.toString()));
            response.on("end", () => {
                const { statusCode: status = 0, headers: answered } = response;
                resolve({ status, headers: answered, body });
            });
        });
    });
}

/** An open socket; rejects where there is none. */
export async function open(...question: Parameters<typeof connect>): Promise<Conversation> {
    const outcome = await connect(...question);
    if ("conversation" in outcome) return outcome.conversation;
    throw new Error(`${outcome.status} ${outcome.body}`);
}

/** The status and what the JSON says; 101 and nothing where a socket was opened, which then is closed. */
export async function seen(
    ...question: Parameters<typeof connect>
): Promise<[status: number, body: unknown]> {
    const outcome = await connect(...question);
    if (!("conversation" in outcome)) return [outcome.status, JSON.parse(outcome.body)];
    await outcome.conversation.leave();
    return [101, ""];
}

/** The code of the error that a question ends with before anything is answered. */
export async function failure(...question: Parameters<typeof connect>): Promise<string> {
    try {
        return `answered ${JSON.stringify(await seen(...question))}`;
    } catch (error) {
        return (error as NodeJS.ErrnoException).code ?? String(error);
    }
}
