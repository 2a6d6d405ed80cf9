import * as http from "node:http";
import * as https from "node:https";
import * as net from "node:net";
import * as tls from "node:tls";
import type { Credentials } from "./credentials";
import type { Attempt, Hop, Outcome, Session } from "./hop";

export interface HttpsEndpoint {
    readonly name: string;
    /** Name that the server's certificate must hold. */
    readonly host: string;
    readonly path: string;
    /** Where the client really connects: a forwarded port on loopback. */
    readonly address: { readonly host: string; readonly port: number };
    readonly trust: string;
}

/** How long a server may take to send the alert that refuses a TLS 1.3 client certificate, which follows the handshake. */
const alertMs = 300;
const timeoutMs = 30_000;

export class HttpsHop implements Hop {
    public readonly name: string;

    constructor(private readonly endpoint: HttpsEndpoint) {
        this.name = endpoint.name;
    }

    public async attempt(attempt: Attempt): Promise<Outcome> {
        try {
            const socket = attempt.plaintext
                ? await this.connectPlain()
                : await this.connectTls(attempt);
            return await this.ask(socket, attempt);
        } catch (error) {
            return { kind: "refused", reason: reasonOf(error) };
        }
    }

    /** SHA-256 fingerprint of the leaf that a new connection is served. */
    public async servedFingerprint(credentials: Credentials): Promise<string> {
        const socket = await this.connectTls({ credentials });
        const { fingerprint256 } = socket.getPeerCertificate();
        socket.destroy();
        return fingerprint256;
    }

    public open(credentials: Credentials): Session {
        return new HttpsSession(this.endpoint, credentials);
    }

    private connectPlain(): Promise<net.Socket> {
        return new Promise((resolve, reject) => {
            const socket = net.connect(this.endpoint.address, () => {
                resolve(socket);
            });
            socket.once("error", reject);
        });
    }

    private connectTls(attempt: Attempt): Promise<tls.TLSSocket> {
        return new Promise((resolve, reject) => {
            const socket = tls.connect({
                ...this.endpoint.address,
                servername: attempt.host ?? this.endpoint.host,
                ca: attempt.trust ?? this.endpoint.trust,
                minVersion: "TLSv1.2",
                maxVersion: attempt.maxVersion ?? "TLSv1.3",
                ...(attempt.cipherSuites !== undefined && { ciphers: attempt.cipherSuites }),
                ...(attempt.groups !== undefined && { ecdhCurve: attempt.groups }),
                ...clientCertificate(attempt.credentials),
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

    private ask(socket: net.Socket, attempt: Attempt): Promise<Outcome> {
        return new Promise((resolve, reject) => {
            const request = http.request({
                createConnection: () => socket,
                path: this.endpoint.path,
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
            request.end();
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

const clientCertificate = (credentials?: Credentials): tls.SecureContextOptions =>
    credentials === undefined ? {} : { cert: credentials.certificate, key: credentials.privateKey };

async function readBody(response: http.IncomingMessage): Promise<string> {
    const chunks: Buffer[] = [];
    for await (const chunk of response) chunks.push(chunk as Buffer);
    return Buffer.concat(chunks).toString("utf8");
}

/** Errors of node's core are of another realm than a test's, so `instanceof` would not know them. */
function reasonOf(error: unknown): string {
    const { code, message } = error as { code?: string; message?: string };
    return code ?? message ?? String(error);
}
