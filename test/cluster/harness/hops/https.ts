import * as http from "node:http";
import * as https from "node:https";
import type * as net from "node:net";
import { clientCertificate, connect, outcomeOf, servedFingerprint } from "../connection";
import type { Credentials } from "../credentials";
import type { Attempt, Endpoint, Hop, Outcome, Session } from "../hop";

export interface HttpsEndpoint extends Endpoint {
    readonly path: string;
}

export interface HttpsAttempt extends Attempt {
    readonly method?: string;
    readonly path?: string;
    readonly headers?: Readonly<Record<string, string>>;
    readonly body?: string;
}

/** A server that is gone does not say so: after this time a client takes it for gone. */
const timeoutMs = 10_000;

export class HttpsHop implements Hop {
    public readonly name: string;

    constructor(
        public readonly endpoint: HttpsEndpoint,
        public readonly credentials: Credentials,
    ) {
        this.name = endpoint.name;
    }

    public attempt(attempt: HttpsAttempt): Promise<Outcome> {
        return outcomeOf(async () => {
            const socket = await connect(this.endpoint, attempt);
            return this.ask(socket, attempt);
        });
    }

    public servedFingerprint(): Promise<string> {
        return servedFingerprint(this.endpoint, this.credentials);
    }

    public open(): Session {
        return new HttpsSession(this.endpoint, this.credentials);
    }

    private ask(socket: net.Socket, attempt: HttpsAttempt): Promise<Outcome> {
        return new Promise((resolve, reject) => {
            const request = http.request({
                createConnection: () => socket,
                method: attempt.method ?? "GET",
                path: attempt.path ?? this.endpoint.path,
                headers: { host: attempt.host ?? this.endpoint.host, ...attempt.headers },
                timeout: timeoutMs,
            });
            request.once("timeout", () => request.destroy(new Error("timeout")));
            request.once("error", reject);
            request.once("response", (response) => {
                readBody(response).then((body) => {
                    socket.destroy();
                    resolve({ kind: "answered", status: response.statusCode ?? 0, body });
                }, reject);
            });
            request.end(attempt.body);
        });
    }
}

/**
 * A keep-alive client. A request on a reused connection that the server closed before answering is sent once more on a new
 * one, as RFC 9112, 9.3.1 has it for idempotent methods and every HTTP client does; anything else is a failure.
 */
class HttpsSession implements Session {
    private readonly agent: https.Agent;
    private opened = 0;

    constructor(
        private readonly endpoint: HttpsEndpoint,
        credentials: Credentials,
    ) {
        this.agent = new https.Agent({
            keepAlive: true,
            maxSockets: 1,
            ca: endpoint.trust,
            servername: endpoint.host,
            minVersion: "TLSv1.3",
            maxCachedSessions: 0,
            ...clientCertificate(credentials),
        });
    }

    public get connections(): number {
        return this.opened;
    }

    public async request(): Promise<void> {
        try {
            await this.send();
        } catch (error) {
            if (!(error instanceof ClosedWhileIdle)) throw error;
            await this.send();
        }
    }

    public close(): void {
        this.agent.destroy();
    }

    private send(): Promise<void> {
        return new Promise((resolve, reject) => {
            const request = https.get({
                ...this.endpoint.address,
                agent: this.agent,
                path: this.endpoint.path,
                headers: { host: this.endpoint.host },
                timeout: timeoutMs,
            });
            request.once("socket", () => {
                if (!request.reusedSocket) this.opened += 1;
            });
            request.once("timeout", () => request.destroy(new Error("timeout")));
            request.once("error", (error: NodeJS.ErrnoException) => {
                const idle =
                    request.reusedSocket && ["ECONNRESET", "EPIPE"].includes(error.code ?? "");
                reject(idle ? new ClosedWhileIdle() : error);
            });
            request.once("response", (response) => {
                readBody(response).then((body) => {
                    if (response.statusCode === 200) resolve();
                    else
                        reject(
                            new Error(`status ${response.statusCode ?? 0}: ${body.slice(0, 200)}`),
                        );
                }, reject);
            });
        });
    }
}

class ClosedWhileIdle extends Error {}

async function readBody(response: http.IncomingMessage): Promise<string> {
    const chunks: Buffer[] = [];
    for await (const chunk of response) chunks.push(chunk as Buffer);
    return Buffer.concat(chunks).toString("utf8");
}
