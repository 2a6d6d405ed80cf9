import { X509Certificate } from "node:crypto";
import {
    type ClientHttp2Session,
    type ClientHttp2Stream,
    connect,
    type IncomingHttpHeaders,
} from "node:http2";
import { setTimeout as sleep } from "node:timers/promises";
import { connect as connectTls } from "node:tls";
import type { AgentMeshClient } from "../../services/agent-mesh/client";
import { methods } from "../../services/agent-mesh/definition";
import { until } from "./client";
import { type Credential, Pki } from "./pki";
import { pair, verifier } from "./running";
import { RunningAgentMesh, serverName } from "./runningAgentMesh";

jest.setTimeout(60_000);

let pki: Pki;
let client: Credential;
let running: RunningAgentMesh[];

beforeAll(async () => {
    pki = await Pki.create();
    client = await pki.client(verifier);
});

beforeEach(() => {
    running = [];
});

afterEach(() => Promise.all(running.map((each) => each.stop())));

async function start(changes: Parameters<typeof RunningAgentMesh.start>[0] = {}) {
    const started = await RunningAgentMesh.start({ pki, ...changes });
    running.push(started);
    return started;
}

/** Registers again and again until it is told to stop; the number of calls. Rejects where one fails. */
function load(clients: readonly AgentMeshClient[]): { stop: () => Promise<number> } {
    let going = true;
    let answered = 0;
    const all = Promise.all(
        clients.map(async (each, index) => {
            while (going) {
                await each.registerAgent({ agentId: `agent-${index}`, capabilities: [] });
                answered++;
                await sleep(2);
            }
        }),
    );
    // Seen when it is stopped.
    all.catch(() => undefined);
    return {
        stop: async () => {
            going = false;
            await all;
            return answered;
        },
    };
}

/** The connections that calls came over. */
const peers = (...servers: RunningAgentMesh[]) =>
    new Set(servers.flatMap(({ log }) => log.events("call").map(({ peer }) => peer)));

/** A call whose request is not finished: in flight until it is. */
class OpenCall {
    private readonly session: ClientHttp2Session;
    private readonly stream: ClientHttp2Stream;
    /** The status that the call ends with. */
    public readonly status: Promise<unknown>;
    /** When the session is closed. */
    public readonly closed: Promise<number>;

    constructor(server: RunningAgentMesh, credential: Credential) {
        const startedAt = Date.now();
        this.session = connect("https://agent-mesh", {
            createConnection: () =>
                connectTls({ ...server.dial(credential), ALPNProtocols: ["h2"] }),
        });
        this.session.on("error", () => undefined);
        this.closed = new Promise((resolve) => {
            this.session.on("close", () => {
                resolve(Date.now() - startedAt);
            });
        });
        this.stream = this.session.request({
            ":method": "POST",
            ":path": methods.RegisterAgent.path,
            "content-type": "application/grpc",
            te: "trailers",
        });
        this.status = new Promise((resolve) => {
            this.stream.on("error", (error: NodeJS.ErrnoException) => {
                resolve(error.code);
            });
            this.stream.on("trailers", (trailers: IncomingHttpHeaders) => {
                resolve(trailers["grpc-status"]);
            });
            this.stream.on("close", () => {
                resolve("closed");
            });
        });
        this.stream.resume();
    }

    public finish(): void {
        const message = methods.RegisterAgent.serialize({ agentId: "open", capabilities: [] });
        const frame = Buffer.alloc(5);
        frame.writeUInt32BE(message.length, 1);
        this.stream.end(Buffer.concat([frame, message]));
    }
}

describe("age", () => {
    it("makes busy clients connect anew, and fails no call", async () => {
        const server = await start({ connectionMaxAgeSeconds: 1 });
        const clients = Array.from({ length: 10 }, () => server.client(client));
        const calls = load(clients);
        await sleep(5_000);
        expect(await calls.stop()).toBeGreaterThan(1_000);
        expect(peers(server).size).toBeGreaterThanOrEqual(30);
        expect(server.log.events("call").every(({ outcome }) => outcome === "allowed")).toBe(true);
    });

    it("lets a call in flight finish", async () => {
        const server = await start({ connectionMaxAgeSeconds: 1 });
        const call = new OpenCall(server, client);
        await sleep(1_500);
        call.finish();
        expect(await call.status).toBe("0");
        expect(await call.closed).toBeLessThan(4_000);
    });

    it("cuts a call that does not finish five seconds later", async () => {
        const server = await start({ connectionMaxAgeSeconds: 1 });
        const call = new OpenCall(server, client);
        const lived = await call.closed;
        expect(lived).toBeGreaterThanOrEqual(5_800);
        expect(lived).toBeLessThan(9_000);
        await until(() => server.log.events("call").length === 1, "a line in the log");
        expect(server.log.events("call")[0]).toMatchObject({ outcome: "aborted" });
    });
});

it("ends a connection when the peer's certificate does", async () => {
    const server = await start();
    const notAfter = new Date(Math.ceil(Date.now() / 1000) * 1000 + 2_000);
    const short = new OpenCall(server, await pki.client(verifier, { notAfter }));
    const lasting = new OpenCall(server, client);
    await sleep(500);
    short.finish();
    expect(await short.status).toBe("0");
    await short.closed;
    expect(Date.now()).toBeGreaterThanOrEqual(notAfter.getTime() - 100);
    expect(Date.now()).toBeLessThan(notAfter.getTime() + 3_000);
    lasting.finish();
    expect(await lasting.status).toBe("0");
});

it("rotates both certificates under load, reaches long-lived clients, and fails no call", async () => {
    const server = await start({ connectionMaxAgeSeconds: 2 });
    const mounted = server.mounted(client);
    const calls = load([...Array(5).keys()].map(() => server.following(mounted)));
    const shown = new Set<string>();
    const look = setInterval(() => {
        shown.add(server.service.certificate.current.leaf.serialNumber);
    }, 10);
    for (let swap = 1; swap <= 3; swap++) {
        await sleep(1_500);
        server.certificates.write(pair(await pki.leaf({ names: [serverName] })));
        await until(() => server.log.events("tls_reloaded").length === swap, `swap ${swap}`);
        const next = await pki.client(verifier);
        mounted.renew({ cert: next.chain, key: next.key });
    }
    await sleep(3_000);
    clearInterval(look);
    expect(await calls.stop()).toBeGreaterThan(500);
    expect(shown.size).toBe(4);
    expect(peers(server).size).toBeGreaterThanOrEqual(10);
    expect(mounted.log.events("tls_reload_failed")).toEqual([]);
});

it("shows the renewed certificate on a new connection, and trusts what it trusts now", async () => {
    const server = await start();
    const mounted = server.mounted(client);
    const following = server.following(mounted);
    const request = { agentId: "agent-1", capabilities: [] };
    await following.registerAgent(request);
    const other = await pki.client("stranger.llm-platform.svc");
    mounted.renew({ cert: other.chain, key: other.key });
    // The connection that is there goes on as whom it was opened.
    expect((await following.registerAgent(request)).identity).toBe(verifier);
    await expect(server.following(mounted).registerAgent(request)).rejects.toThrow(
        "method_not_allowed",
    );
    expect(new X509Certificate(other.certificate).subjectAltName).toContain("stranger");
});

describe("drain", () => {
    it("fails no call of clients that have another replica", async () => {
        const servers = [
            await start({ drainSeconds: 4 }),
            await start({ drainSeconds: 4 }),
        ] as const;
        const [leaving, staying] = servers;
        const address = `ipv4:${servers.map(({ service }) => `127.0.0.1:${service.port}`).join(",")}`;
        const calls = load([...Array(10).keys()].map(() => leaving.client(client, { address })));
        await until(() => leaving.log.events("call").length > 200, "calls");
        expect(staying.log.events("call")).toEqual([]);
        await leaving.service.drain();
        const before = staying.log.events("call").length;
        await until(() => staying.log.events("call").length > before + 200, "calls elsewhere");
        expect(await calls.stop()).toBeGreaterThan(400);
        expect(leaving.log.events("drained")).toEqual([expect.objectContaining({ cut: 0 })]);
    });

    it("answers calls in flight, and refuses new connections after its first quarter", async () => {
        const server = await start({ drainSeconds: 8 });
        const call = new OpenCall(server, client);
        await sleep(200);
        const drained = server.service.drain();
        await sleep(200);
        const late = server.client(client);
        expect(await late.registerAgent({ agentId: "late", capabilities: [] })).toBeDefined();
        await sleep(2_500);
        const refused = server.client(client, { timeoutMs: 500 });
        await expect(refused.registerAgent({ agentId: "later", capabilities: [] })).rejects.toThrow(
            /UNAVAILABLE|DEADLINE_EXCEEDED/,
        );
        call.finish();
        expect(await call.status).toBe("0");
        await drained;
        expect(server.log.events("drained")).toEqual([expect.objectContaining({ cut: 0 })]);
    });

    it("cuts what is left at the deadline", async () => {
        const server = await start({ drainSeconds: 1 });
        const call = new OpenCall(server, client);
        await sleep(200);
        const startedAt = Date.now();
        await server.service.drain();
        expect(Date.now() - startedAt).toBeLessThan(3_000);
        expect(await call.status).not.toBe("0");
        expect(server.log.events("drained")).toEqual([expect.objectContaining({ cut: 1 })]);
    });
});
