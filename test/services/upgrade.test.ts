import { request } from "node:https";
import type { TLSSocket } from "node:tls";
import { Registry } from "prom-client";
import {
    createTlsServer,
    HttpConnections,
    listen,
    onUpgrade,
    ReloadingCertificate,
    TlsMetrics,
    type Upgrade,
} from "../../services/tls";
import { until } from "./client";
import { Mount } from "./mount";
import { type Credential, Pki } from "./pki";
import { MemoryLog, pair, profile, serverName, verifier } from "./running";

let pki: Pki;
let client: Credential;
let mounts: Mount[];
let log: MemoryLog;
let connections: HttpConnections;
let port: number;

async function start(
    handle: (upgrade: Upgrade) => void | Promise<void>,
    maxAgeSeconds = 3600,
): Promise<void> {
    const served = await pki.leaf({ names: [serverName] });
    const [certificates, trust] = [
        new Mount(pair(served)),
        new Mount({ "ca.crt": pki.root.certificate }),
    ];
    mounts = [certificates, trust];
    log = new MemoryLog();
    const clock = () => new Date();
    const certificate = new ReloadingCertificate({
        files: { certificateDirectory: certificates.directory, trustFile: trust.path("ca.crt") },
        policy: profile,
        metrics: new TlsMetrics(new Registry()),
        log,
        clock,
    });
    const server = createTlsServer({ certificate, policy: profile, log }, (_request, response) => {
        response.writeHead(200).end("plain");
    });
    connections = new HttpConnections(server, { maxAgeSeconds, clock, random: () => 0.5 });
    onUpgrade(server, { connections, log, handle });
    port = await listen(server, 0);
}

beforeAll(async () => {
    pki = await Pki.create();
    client = await pki.client(verifier);
});

afterEach(async () => {
    await connections.drain(1);
    mounts.forEach((mount) => {
        mount.remove();
    });
});

interface Answer {
    readonly status: number;
    readonly body: string;
    /** Where the connection was upgraded. */
    readonly socket?: TLSSocket;
}

function ask(credential: Credential, headers: Record<string, string>): Promise<Answer> {
    return new Promise((resolve, reject) => {
        const question = request({
            host: "127.0.0.1",
            port,
            servername: serverName,
            ca: pki.root.certificate,
            cert: credential.chain,
            key: credential.key,
            agent: false,
            headers,
        });
        question.on("error", reject);
        question.on("upgrade", (response, socket) => {
            socket.on("error", () => undefined);
            resolve({
                status: response.statusCode ?? 0,
                body: "",
                socket: socket as unknown as TLSSocket,
            });
        });
        question.on("response", (response) => {
            let body = "";
            response.on("data", (chunk: Buffer) => (body += chunk.toString()));
            response.on("end", () => {
                resolve({ status: response.statusCode ?? 0, body });
            });
        });
        question.end();
    });
}

const upgrading = { Connection: "Upgrade", Upgrade: "echo" };

/** Speaks a protocol that says back what it hears, and says goodbye with the reason. */
function echo(upgrade: Upgrade): void {
    const { socket } = upgrade;
    upgrade.accept((reason) => socket.end(`bye: ${reason}`));
    socket.write(
        "HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: echo\r\n\r\n",
    );
    socket.on("data", (chunk: Buffer) => socket.write(chunk));
}

/** Everything that comes until the end. */
function heard(socket: TLSSocket | undefined): Promise<string> {
    return new Promise((resolve, reject) => {
        let text = "";
        if (!socket) reject(new Error("the connection was not upgraded"));
        socket?.on("data", (chunk: Buffer) => (text += chunk.toString()));
        socket?.on("close", () => {
            resolve(text);
        });
    });
}

it("hands a connection over, and answers other requests beside it", async () => {
    await start(echo);
    const { status, socket } = await ask(client, upgrading);
    expect(status).toBe(101);
    const all = heard(socket);
    socket?.write("hello");
    expect(await ask(client, {})).toEqual({ status: 200, body: "plain" });
    await connections.drain(1);
    expect(await all).toBe("hellobye: drain");
});

it("refuses with a code, and closes", async () => {
    await start((upgrade) => {
        upgrade.refuse(401, "token_required", { "WWW-Authenticate": "Bearer" });
    });
    expect(await ask(client, upgrading)).toEqual({
        status: 401,
        body: '{"error":"token_required"}',
    });
    expect(await connections.drain(1)).toEqual({ cut: 0 });
});

it.each<[string, () => void | Promise<void>]>([
    [
        "at once",
        () => {
            throw new Error("broken inside");
        },
    ],
    ["later", () => Promise.reject(new Error("broken inside"))],
])("shows nothing of an error that comes %s", async (_case, handle) => {
    await start(handle);
    expect(await ask(client, upgrading)).toEqual({
        status: 500,
        body: '{"error":"internal_error"}',
    });
    expect(log.events("upgrade_failed")).toEqual([
        expect.objectContaining({ reason: "broken inside" }),
    ]);
});

it("ends a connection at its age", async () => {
    await start(echo, 1);
    const startedAt = Date.now();
    const { socket } = await ask(client, upgrading);
    expect(await heard(socket)).toBe("bye: age");
    expect(Date.now() - startedAt).toBeGreaterThanOrEqual(900);
});

it("ends a connection at the end of its peer's certificate", async () => {
    await start(echo);
    const notAfter = new Date(Math.ceil(Date.now() / 1000) * 1000 + 1_000);
    const { socket } = await ask(await pki.client(verifier, { notAfter }), upgrading);
    expect(await heard(socket)).toBe("bye: peer_expired");
    expect(Date.now()).toBeGreaterThanOrEqual(notAfter.getTime() - 100);
});

it("cuts a connection whose protocol does not end it", async () => {
    await start((upgrade) => {
        upgrade.accept(() => undefined);
        upgrade.socket.write(
            "HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: echo\r\n\r\n",
        );
    });
    const { socket } = await ask(client, upgrading);
    const all = heard(socket);
    expect(await connections.drain(1)).toEqual({ cut: 1 });
    expect(await all).toBe("");
});

it("survives a client that breaks off", async () => {
    await start(echo);
    const { socket } = await ask(client, upgrading);
    socket?.destroy();
    await until(() => socket?.destroyed === true, "the end");
    expect((await ask(client, upgrading)).status).toBe(101);
});
