import { constants } from "node:crypto";
import { once } from "node:events";
import {
    createServer as createHttpServer,
    type IncomingMessage,
    type ServerResponse,
} from "node:http";
import { createSecureServer, type Http2ServerRequest, type Http2ServerResponse } from "node:http2";
import { createServer as createHttpsServer } from "node:https";
import { createServer, type AddressInfo, type Server, type Socket } from "node:net";
import { TLSSocket, type SecureContextOptions, type TlsOptions } from "node:tls";
import type { Address, Credentials } from "../../verify/hop";

/** A server that listens on the loopback interface. */
export interface Listening {
    readonly address: Address;
    readonly close: () => Promise<void>;
}

/** Every respect in which a test makes the edge wrong; absent means right. */
export interface EdgeSettings {
    readonly credentials: Credentials;
    readonly trustBundle: string;
    readonly host: string;
    readonly oldestVersion?: "TLSv1" | "TLSv1.1" | "TLSv1.2";
    readonly cipherSuites?: string;
    readonly groups?: string;
    /** Whom it lets in: default, only who shows a certificate of the bundle. */
    readonly clients?: "verified" | "anybody" | "any-certificate";
    readonly statelessTickets?: boolean;
    readonly http2?: boolean;
    /** Whether a handshake for another name, or none, is let through. */
    readonly anyServerName?: boolean;
    /** Whether a request for another name behind the right handshake is answered. */
    readonly anyHost?: boolean;
    readonly headers?: Readonly<Record<string, string | undefined>>;
    /** Whether it answers HTTP without TLS. */
    readonly plaintext?: boolean;
    /** Whether the identity in the client's own `Client-Cert` is believed. */
    readonly believesClientCert?: boolean;
    readonly via?: "gateway" | "direct";
    /** What is behind it; default a service that names its caller. */
    readonly behind?: (request: Request) => ServiceAnswer;
}

/** What a service answers to a client that is let in. */
export interface ServiceAnswer {
    readonly status: number;
    readonly body: object;
}

export const goodHeaders = {
    "strict-transport-security": "max-age=31536000; includeSubDomains",
    "content-security-policy": "default-src 'none'",
    "referrer-policy": "no-referrer",
    "x-content-type-options": "nosniff",
    "x-frame-options": "DENY",
    server: "nginx",
};

export const modernSuites =
    "TLS_AES_256_GCM_SHA384:TLS_CHACHA20_POLY1305_SHA256:TLS_AES_128_GCM_SHA256";
export const modernGroups = "X25519:prime256v1:secp384r1";

/** An edge as the platform has it (nginx' manners on node's TLS), wrong where the settings say so. */
export async function startEdge(settings: EdgeSettings): Promise<Listening> {
    const options = tlsOptions(settings);
    const respond = (request: Request, response: Response): void => {
        answer(settings, request, response);
    };
    const tls =
        settings.http2 === false
            ? createHttpsServer(options, respond)
            : createSecureServer({ ...options, allowHTTP1: true }, respond);
    tls.on("tlsClientError", () => undefined);
    const front = createServer((socket) => {
        admit(settings, socket, (admitted) => tls.emit("connection", admitted));
    });
    return listen(front);
}

function tlsOptions(settings: EdgeSettings): TlsOptions & SecureContextOptions {
    return {
        key: settings.credentials.privateKey,
        cert: settings.credentials.certificate,
        ca: settings.trustBundle,
        requestCert: true,
        rejectUnauthorized: false,
        minVersion: settings.oldestVersion ?? "TLSv1.3",
        maxVersion: "TLSv1.3",
        ciphers: ciphersOf(settings),
        ecdhCurve: settings.groups ?? modernGroups,
        secureOptions: settings.statelessTickets ? 0 : constants.SSL_OP_NO_TICKET,
    };
}

function ciphersOf({ cipherSuites = modernSuites, oldestVersion }: EdgeSettings): string {
    return oldestVersion === undefined ? cipherSuites : `${cipherSuites}:ALL:@SECLEVEL=0`;
}

/** Looks at the first bytes as nginx does: rejects a hello that does not hold the name, answers plaintext with 400. */
function admit(settings: EdgeSettings, socket: Socket, pass: (socket: Socket) => void): void {
    socket.on("error", () => socket.destroy());
    socket.once("data", (first) => {
        if (first[0] !== 22) {
            const status = settings.plaintext ? "200 OK" : "400 Bad Request";
            socket.end(`HTTP/1.1 ${status}\r\nContent-Length: 0\r\nConnection: close\r\n\r\n`);
        } else if (settings.anyServerName || first.includes(settings.host)) {
            socket.pause();
            socket.unshift(first);
            pass(socket);
        } else {
            const unrecognizedName = [21, 3, 3, 0, 2, 2, 112];
            socket.end(Buffer.from(unrecognizedName));
        }
    });
}

export type Request = IncomingMessage | Http2ServerRequest;
type Response = ServerResponse | Http2ServerResponse;

function answer(settings: EdgeSettings, request: Request, response: Response): void {
    const host = String(request.headers[":authority"] ?? request.headers.host);
    if (!settings.anyHost && host !== settings.host) {
        request.socket.destroy();
        return;
    }
    const headers = Object.entries<string | undefined>({ ...goodHeaders, ...settings.headers });
    for (const [name, value] of headers) if (value !== undefined) response.setHeader(name, value);
    const { status, body } = (settings.behind ?? whoamiBehind(settings))(request);
    response.statusCode = isAdmitted(settings, request) ? status : 400;
    response.end(JSON.stringify(body));
}

const whoamiBehind =
    ({ believesClientCert, via = "gateway" }: EdgeSettings) =>
    ({ headers }: Request): ServiceAnswer => {
        const claimed = believesClientCert && headers["client-cert"] !== undefined;
        const identity = claimed ? "administrator.llm-platform.svc" : "verifier.llm-platform.svc";
        return { status: 200, body: { identity, via } };
    };

function isAdmitted({ clients = "verified" }: EdgeSettings, request: Request): boolean {
    const socket = "stream" in request ? request.stream.session?.socket : request.socket;
    if (!(socket instanceof TLSSocket)) throw new TypeError("not a TLS connection");
    if (clients === "anybody") return true;
    if (clients === "any-certificate") return socket.getPeerX509Certificate() !== undefined;
    return socket.authorized;
}

export interface RedirectSettings {
    /** Where to; receives the Host header and the path. Undefined closes the connection. */
    readonly target: (host: string, path: string) => string | undefined;
    readonly status?: number;
}

/** The plaintext port of an edge. */
export async function startRedirect({ target, status }: RedirectSettings): Promise<Listening> {
    return listen(
        createHttpServer((request, response) => {
            const location = target(request.headers.host ?? "", request.url ?? "");
            if (location === undefined) request.socket.destroy();
            else response.writeHead(status ?? 308, { location }).end();
        }),
    );
}

/** Answers the first bytes of every connection with these bytes, then closes it. */
export async function startParrot(bytes: readonly number[]): Promise<Listening> {
    return listen(
        createServer((socket) => {
            socket.on("error", () => socket.destroy());
            socket.once("data", () => socket.end(Buffer.from(bytes)));
        }),
    );
}

/** Listens on a free port of the loopback interface. */
export async function listen(server: Server): Promise<Listening> {
    const sockets = new Set<Socket>();
    server.on("connection", (socket: Socket) => {
        sockets.add(socket);
        socket.on("close", () => sockets.delete(socket));
    });
    server.listen(0, "127.0.0.1");
    await once(server, "listening");
    const { port } = server.address() as AddressInfo;
    const close = async (): Promise<void> => {
        for (const socket of sockets) socket.destroy();
        server.close();
        await once(server, "close");
    };
    return { address: { host: "127.0.0.1", port }, close };
}
