import { X509Certificate } from "node:crypto";
import type { IncomingMessage } from "node:http";
import { request, type Server } from "node:https";
import type { Duplex } from "node:stream";
import { setTimeout as sleep } from "node:timers/promises";
import { ClientCertificates } from "../../../components/gateway/nginxConf";
import { tlsProfile, TlsProfileName } from "../../../components/tls/profile";
import { Authority, type Credential } from "./credentials";
import { echo, exchange, portOf } from "./exchange";
import { freePort, RunningGateway } from "./runningGateway";

jest.setTimeout(60_000);

const stream = "tracer.local.bluefly.io";
const plain = "gateway.local.bluefly.io";
const upgrade = { connection: "Upgrade", upgrade: "websocket" };

let authority: Authority;
let gateways: RunningGateway[];
let service: Server;
let server: Credential;
let client: Credential;
let own: Credential;
let port: number;

beforeAll(async () => {
    authority = await Authority.create();
    const leaf = (names: string[], use: "server" | "client") => authority.leaf({ names, use });
    server = await leaf([stream, plain], "server");
    client = await leaf(["verifier.llm-platform.svc"], "client");
    own = await leaf(["gateway.llm-platform.svc"], "client");
    service = await echo(await leaf(["api.llm-platform.svc"], "server"), authority.root);
    service.on("upgrade", accept);
    gateways = [];
    ({ port } = await start());
});

afterAll(async () => {
    await Promise.all(gateways.map((gateway) => gateway.stop()));
    service.closeAllConnections();
    service.close();
});

/** A gateway of its own, and where it listens. */
async function start(edit?: (conf: string) => string) {
    const upstream = { host: "api.llm-platform.svc", port: portOf(service) };
    const clientCertificates = ClientCertificates.Required;
    const ports = { tls: await freePort(), redirect: await freePort(), metrics: await freePort() };
    const gateway = new RunningGateway(
        {
            profile: tlsProfile(TlsProfileName.Modern),
            ports,
            servers: [
                { names: [stream], clientCertificates, upstream, webSocket: true },
                { names: [plain], clientCertificates, upstream },
            ],
            metrics: { name: plain, clients: [] },
        },
        { server, client: own, root: authority.root },
        edit,
    );
    gateways.push(gateway);
    expect(await gateway.test()).toMatchObject({ exitCode: 0 });
    await gateway.start();
    return { gateway, port: ports.tls };
}

/** Says what it was told, then sends back whatever comes. */
function accept({ headers }: IncomingMessage, socket: Duplex): void {
    socket.write("HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\n");
    socket.write("Connection: Upgrade\r\n\r\n");
    socket.write(`${JSON.stringify(headers)}\n`);
    socket.pipe(socket);
}

const target = (name: string, headers: Record<string, string>) => ({
    host: "127.0.0.1",
    port,
    servername: name,
    headers: { host: name, ...headers },
    ca: authority.root,
    ...client,
});

/** A WebSocket's connection, through the gateway that listens there. */
function open(name: string, at = port): Promise<Duplex> {
    return new Promise((resolve, reject) => {
        const asked = request({ ...target(name, upgrade), port: at, agent: false });
        asked.on("error", reject).on("upgrade", (_response, opened: Duplex) => {
            resolve(opened);
        });
        asked.on("response", ({ statusCode }) => {
            reject(new Error(`answered ${statusCode ?? 0}`));
        });
        asked.end();
    });
}

/** What the service sent over the socket, its first line read as JSON. */
async function overSocket(name: string, sent: string) {
    const socket = await open(name);
    socket.write(sent);
    const [told = "{}", ...echoed] = (await received(socket, sent)).split("\n");
    socket.destroy();
    return { told: JSON.parse(told) as Record<string, string>, echoed: echoed.join("\n") };
}

/** Everything up to and with a text. */
function received(socket: Duplex, last: string): Promise<string> {
    return new Promise((resolve, reject) => {
        let all = "";
        socket.on("data", (chunk: Buffer) => {
            all += chunk.toString("utf8");
            if (all.endsWith(last)) resolve(all);
        });
        socket.on("close", () => {
            reject(new Error(`closed after ${all}`));
        });
    });
}

it("becomes a connection in both directions, with the client's certificate", async () => {
    const { told, echoed } = await overSocket(stream, "a\nb");
    expect(echoed).toBe("a\nb");
    expect(told).toMatchObject({ upgrade: "websocket", connection: "upgrade" });
    expect(told["client-cert"]).toMatch(/^:[A-Za-z0-9+/]+=*:$/);
});

it("is no other protocol", async () => {
    const asked = target(stream, { connection: "Upgrade, HTTP2-Settings", upgrade: "h2c" });
    const { status, body } = await exchange(asked);
    expect(status).toBe(200);
    expect(JSON.parse(body)).not.toHaveProperty("upgrade");
    expect(JSON.parse(body)).not.toHaveProperty("connection", expect.stringMatching(/upgrade/i));
});

it("is possible where the route says so, and nowhere else", async () => {
    const { status, body } = await exchange(target(plain, upgrade));
    expect(status).toBe(200);
    expect(JSON.parse(body)).not.toHaveProperty("upgrade");
    await expect(overSocket(plain, "")).rejects.toThrow("answered 200");
});

it("leaves requests as they are elsewhere", async () => {
    const { status, body } = await exchange(target(stream, {}));
    expect(status).toBe(200);
    expect(JSON.parse(body)).not.toHaveProperty("upgrade");
});

it("needs a client certificate like any request", async () => {
    const { status } = await exchange({
        ...target(stream, upgrade),
        cert: undefined,
        key: undefined,
    });
    expect(status).toBe(400);
});

describe("of a gateway whose certificate is renewed", () => {
    const fingerprint = ({ cert }: Credential) => new X509Certificate(cert).fingerprint256;

    /** Opens one, renews the certificate, and waits until the new one is served. */
    async function renewed(edit?: (conf: string) => string) {
        const { gateway, port } = await start(edit);
        const socket = await open(stream, port);
        const next = await authority.leaf({ names: [stream, plain], use: "server" });
        expect(gateway.oldWorkers()).toBe(0);
        gateway.renew(next);
        const served = async () => (await exchange({ ...target(plain, {}), port })).served;
        await gateway.until("it is served", async () => (await served()) === fingerprint(next));
        return { gateway, socket };
    }

    async function echoes(socket: Duplex, sent: string): Promise<void> {
        socket.write(sent);
        await received(socket, sent);
    }

    /** The same gateway, with one second for old workers. */
    const impatient = (conf: string) =>
        conf.replace(/^worker_shutdown_timeout .*$/m, "worker_shutdown_timeout 1s;");

    it("stays, with its worker, until it ends itself", async () => {
        const { gateway, socket } = await renewed();
        await gateway.until("one old worker is left", () => gateway.oldWorkers() === 1);
        await echoes(socket, "after");
        await sleep(3000);
        await echoes(socket, "long after");
        expect(gateway.oldWorkers()).toBe(1);

        socket.destroy();
        await gateway.until("the old worker is gone", () => gateway.oldWorkers() === 0);
    });

    it("is cut by nothing but worker_shutdown_timeout", async () => {
        const { gateway, socket } = await renewed(impatient);
        const cut = new Promise((resolve) => socket.once("close", resolve));
        socket.resume();
        await cut;
        await gateway.until("the old worker is gone", () => gateway.oldWorkers() === 0);
    });

    it("stays through a second renewal", async () => {
        const { gateway, socket } = await renewed();
        gateway.renew(server);
        await gateway.until("it is counted", () =>
            /^tls_reloads_total 2$/m.test(gateway.metrics()),
        );
        await gateway.until("one old worker is left", () => gateway.oldWorkers() === 1);
        await echoes(socket, "after both");
        socket.destroy();
    });
});

it("does not hold up the end of a gateway for longer than that has to finish", async () => {
    const { gateway, port } = await start();
    const socket = await open(stream, port);
    const began = Date.now();
    const cut = new Promise<number>((resolve) => {
        socket.once("close", () => {
            resolve(Date.now() - began);
        });
    });
    socket.resume();
    await gateway.stop();
    // It has its second; more than that is what starting a process takes here.
    expect(await cut).toBeGreaterThanOrEqual(1000);
    expect(Date.now() - began).toBeLessThan(10_000);
});
