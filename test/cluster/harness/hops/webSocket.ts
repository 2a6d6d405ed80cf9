import { WebSocket } from "ws";
import { connect, offered, outcomeOf, servedFingerprint } from "../connection";
import type { Credentials } from "../credentials";
import type { Attempt, Endpoint, Hop, Outcome, Session } from "../hop";

export interface StreamAttempt extends Attempt {
    /** `Authorization`, by default a good token for the certificate that is shown. None where null. */
    readonly token?: string | null;
    readonly headers?: Readonly<Record<string, string>>;
    /** Sent once the socket is open, instead of an event. */
    readonly frame?: string;
}

/** A good token for the holder of a certificate. */
export type TokenFor = (credentials: Credentials) => string;

const event = (): string =>
    JSON.stringify({ name: "test", at: new Date().toISOString(), attributes: {} });

/** The tracer's stream. A success is an event that is acknowledged: status 101. */
export class StreamHop implements Hop {
    public readonly name: string;

    constructor(
        private readonly endpoint: Endpoint,
        public readonly credentials: Credentials,
        private readonly tokenFor: TokenFor,
    ) {
        this.name = endpoint.name;
    }

    /** The status is 101 and the body the answer, or that of the refusal, or the code the socket was closed with. */
    public attempt(attempt: StreamAttempt): Promise<Outcome> {
        return outcomeOf(async () => {
            const socket = await connect(this.endpoint, attempt);
            const shown = attempt.credentials;
            const token =
                attempt.token === undefined && shown ? this.tokenFor(shown) : attempt.token;
            const webSocket = new WebSocket(`ws://${attempt.host ?? this.endpoint.host}/stream`, {
                createConnection: () => socket,
                headers: { ...(token && bearer(token)), ...attempt.headers },
            });
            try {
                return await converse(webSocket, attempt.frame ?? event());
            } finally {
                webSocket.terminate();
            }
        });
    }

    public servedFingerprint(): Promise<string> {
        return servedFingerprint(this.endpoint, this.credentials);
    }

    public open(): Session {
        return new StreamSession(this.endpoint, this.credentials, this.tokenFor);
    }
}

const bearer = (token: string) => ({ Authorization: `Bearer ${token}` });

/** Sends a frame as soon as the socket is open, and waits for what comes of it. */
function converse(webSocket: WebSocket, frame: string): Promise<Outcome> {
    return new Promise((resolve, reject) => {
        const answered = (status: number, body: string): void => {
            resolve({ kind: "answered", status, body });
        };
        webSocket.once("open", () => {
            webSocket.send(frame);
        });
        webSocket.once("message", (data: Buffer) => {
            answered(101, data.toString());
        });
        webSocket.once("close", (code, reason) => {
            answered(code, reason.toString());
        });
        webSocket.once("unexpected-response", (_request, response) => {
            let body = "";
            response.on("data", (chunk: Buffer) => (body += chunk.toString()));
            response.on("end", () => {
                answered(response.statusCode ?? 0, body);
            });
        });
        webSocket.once("error", reject);
    });
}

/** A socket that stays open; where the server has closed it, the next request opens a new one with a new token. */
class StreamSession implements Session {
    public connections = 0;
    private socket: WebSocket | undefined;

    constructor(
        private readonly endpoint: Endpoint,
        private readonly credentials: Credentials,
        private readonly tokenFor: TokenFor,
    ) {}

    public async request(): Promise<void> {
        const socket = await this.connected();
        await new Promise<void>((resolve, reject) => {
            const ended = (code: number, reason: Buffer): void => {
                reject(new Error(`closed with ${code} ${reason.toString()}`));
            };
            const timer = setTimeout(() => {
                socket.terminate();
                reject(new Error("timeout"));
            }, 10_000);
            socket.once("close", ended);
            socket.once("message", () => {
                socket.off("close", ended);
                clearTimeout(timer);
                resolve();
            });
            socket.send(event());
        });
    }

    public close(): void {
        this.socket?.close(1000);
    }

    private async connected(): Promise<WebSocket> {
        if (this.socket?.readyState === WebSocket.OPEN) return this.socket;
        const { address, host } = this.endpoint;
        const socket = new WebSocket(`wss://${address.host}:${address.port}/stream`, {
            ...offered(this.endpoint, { credentials: this.credentials }),
            headers: { Host: host, ...bearer(this.tokenFor(this.credentials)) },
            handshakeTimeout: 10_000,
        });
        await new Promise<void>((resolve, reject) => {
            socket.once("open", resolve);
            socket.once("error", reject);
        });
        socket.on("error", () => undefined); // the close that follows says it
        this.connections += 1;
        this.socket = socket;
        return socket;
    }
}
