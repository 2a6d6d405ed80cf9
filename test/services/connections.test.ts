import { Agent, request } from "node:https";
import type { ClientRequest, IncomingHttpHeaders } from "node:http";
import { connect, type TLSSocket } from "node:tls";
import { as, ask, refusal } from "./client";
import type { Credential } from "./pki";
import { Running, verifier } from "./running";

let running: Running;
let client: Credential;

async function start(...settings: Parameters<typeof Running.start>): Promise<void> {
    running = await Running.start(...settings);
    client = await running.pki.client(verifier);
}

afterEach(() => running.stop());

const sleep = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

/** An open connection that asks nothing; resolves to its length of life in milliseconds when the server ends it. */
function idle(credential: Credential): { ended: Promise<number> } {
    const startedAt = Date.now();
    const socket: TLSSocket = connect(as(running, credential));
    socket.resume();
    const ended = new Promise<number>((resolve, reject) => {
        socket.on("error", reject);
        socket.on("end", () => {
            resolve(Date.now() - startedAt);
        });
    });
    return { ended };
}

interface SlowRequest {
    readonly request: ClientRequest;
    /** Resolves when the server has the header, and so has a request in flight. */
    readonly begun: Promise<void>;
    readonly outcome: Promise<{ status: number; headers: IncomingHttpHeaders } | { code: string }>;
}

/** A request whose body is not finished yet: in flight until `request.end('"')`. */
function slow(): SlowRequest {
    const headers = { "Content-Type": "application/json", Expect: "100-continue" };
    const question = request({ ...as(running, client), method: "POST", path: "/v1/echo", headers });
    const outcome = new Promise<Awaited<SlowRequest["outcome"]>>((resolve) => {
        question.on("error", (error: NodeJS.ErrnoException) => {
            resolve({ code: error.code ?? error.message });
        });
        question.on("response", (response) => {
            response.resume();
            resolve({ status: response.statusCode ?? 0, headers: response.headers });
        });
    });
    const begun = new Promise<void>((resolve) => question.on("continue", resolve));
    question.write('"begun');
    return { request: question, begun, outcome };
}

describe("age", () => {
    it("ends an idle connection, and not before", async () => {
        await start({ connectionMaxAgeSeconds: 1 });
        const lived = await idle(client).ended;
        expect(lived).toBeGreaterThanOrEqual(900);
        expect(lived).toBeLessThan(5_000);
    });

    it("spreads by the random that it is given", async () => {
        await start({ connectionMaxAgeSeconds: 2, random: () => 1 });
        expect(await idle(client).ended).toBeGreaterThanOrEqual(2_150);
    });

    it("tells a busy client with a response, so that no request fails", async () => {
        await start({ connectionMaxAgeSeconds: 4 });
        const agent = new Agent({ keepAlive: true, maxSockets: 1 });
        let told = 0;
        for (const end = Date.now() + 5_000; Date.now() < end;) {
            const { status, headers } = await ask({
                ...as(running, client),
                agent,
                path: "/v1/whoami",
            });
            expect(status).toBe(200);
            if (headers.connection === "close") told++;
            await sleep(5);
        }
        agent.destroy();
        expect(told).toBeGreaterThanOrEqual(1);
    }, 20_000);

    it("lets a request in flight finish", async () => {
        await start({ connectionMaxAgeSeconds: 1 });
        const question = slow();
        await question.begun;
        await sleep(1_500);
        question.request.end('"');
        expect(await question.outcome).toMatchObject({
            status: 200,
            headers: { connection: "close" },
        });
    });

    it("cuts a request that does not finish five seconds later", async () => {
        await start({ connectionMaxAgeSeconds: 1 });
        const startedAt = Date.now();
        expect(await slow().outcome).toEqual({ code: "ECONNRESET" });
        expect(Date.now() - startedAt).toBeGreaterThanOrEqual(5_800);
        expect(Date.now() - startedAt).toBeLessThan(9_000);
    }, 20_000);
});

it("ends a connection when the peer's certificate does", async () => {
    await start();
    const notAfter = new Date(Math.ceil(Date.now() / 1000) * 1000 + 2_000);
    const short = await running.pki.client(verifier, { notAfter });
    const lasting = idle(client);
    await idle(short).ended;
    expect(Date.now()).toBeGreaterThanOrEqual(notAfter.getTime() - 100);
    expect(Date.now()).toBeLessThan(notAfter.getTime() + 3_000);
    await sleep(1_000);
    expect(await refusal({ ...as(running, short), path: "/healthz" })).toBe("ECONNRESET");
    expect(running.log.events("handshake_refused")).toEqual([
        expect.objectContaining({ reason: "CERT_HAS_EXPIRED" }),
    ]);
    // The twin with time left is still there.
    expect(await Promise.race([lasting.ended, sleep(100).then(() => "open")])).toBe("open");
}, 20_000);

describe("drain", () => {
    it("finishes requests, ends idle connections, then refuses new ones", async () => {
        await start({ drainSeconds: 8 });
        const waiting = idle(client);
        const question = slow();
        await question.begun;
        const drained = running.service.drain();
        await sleep(100);
        // The endpoint may still be known elsewhere: answered, and told to go.
        const late = await ask({ ...as(running, client), path: "/v1/whoami" });
        expect([late.status, late.headers.connection]).toEqual([200, "close"]);
        await waiting.ended;
        expect(await refusal({ ...as(running, client), path: "/v1/whoami" })).toBe("ECONNREFUSED");
        question.request.end('"');
        expect(await question.outcome).toMatchObject({
            status: 200,
            headers: { connection: "close" },
        });
        await drained;
        expect(running.log.events("drained")).toEqual([expect.objectContaining({ cut: 0 })]);
    }, 20_000);

    it("tells a client on an old connection with its next response", async () => {
        await start({ drainSeconds: 4 });
        const agent = new Agent({ keepAlive: true, maxSockets: 1 });
        const connection = async () =>
            (await ask({ ...as(running, client), agent, path: "/v1/whoami" })).headers.connection;
        expect(await connection()).toBe("keep-alive");
        const drained = running.service.drain();
        expect(await connection()).toBe("close");
        agent.destroy();
        await drained;
    });

    it("cuts what is left at the deadline", async () => {
        await start({ drainSeconds: 1 });
        const question = slow();
        await question.begun;
        const startedAt = Date.now();
        await running.service.drain();
        expect(Date.now() - startedAt).toBeLessThan(4_000);
        expect(await question.outcome).toEqual({ code: "ECONNRESET" });
        expect(running.log.events("drained")).toEqual([expect.objectContaining({ cut: 1 })]);
        const audit = running.log.events("request");
        expect(audit).toEqual([
            expect.objectContaining({ identity: verifier, outcome: "aborted" }),
        ]);
    });
});
