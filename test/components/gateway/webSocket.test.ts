import type { IncomingMessage } from "node:http";
import { request, type Server } from "node:https";
import type { Duplex } from "node:stream";
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
let gateway: RunningGateway;
let service: Server;
let client: Credential;
let port: number;

beforeAll(async () => {
    authority = await Authority.create();
    const leaf = (names: string[], use: "server" | "client") => authority.leaf({ names, use });
    client = await leaf(["verifier.llm-platform.svc"], "client");
    service = await echo(await leaf(["api.llm-platform.svc"], "server"), authority.root);
    service.on("upgrade", accept);
    const upstream = { host: "api.llm-platform.svc", port: portOf(service) };
    const clientCertificates = ClientCertificates.Required;
    port = await freePort();
    gateway = new RunningGateway(
        {
            profile: tlsProfile(TlsProfileName.Modern),
            ports: { tls: port, redirect: await freePort(), metrics: await freePort() },
            servers: [
                { names: [stream], clientCertificates, upstream, webSocket: true },
                { names: [plain], clientCertificates, upstream },
            ],
            metrics: { name: plain, clients: [] },
        },
        {
            server: await leaf([stream, plain], "server"),
            client: await leaf(["gateway.llm-platform.svc"], "client"),
            root: authority.root,
        },
    );
    expect(await gateway.test()).toMatchObject({ exitCode: 0 });
    await gateway.start();
});

afterAll(async () => {
    await gateway.stop();
    service.closeAllConnections();
    service.close();
});

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

/** What the service sent over the socket, its first line read as JSON. */
async function overSocket(name: string, sent: string) {
    const socket = await new Promise<Duplex>((resolve, reject) => {
        const asked = request({ ...target(name, upgrade), agent: false });
        asked.on("error", reject).on("upgrade", (_response, opened: Duplex) => {
            resolve(opened);
        });
        asked.on("response", ({ statusCode }) => {
            reject(new Error(`answered ${statusCode ?? 0}`));
        });
        asked.end();
    });
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
