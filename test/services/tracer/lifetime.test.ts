import { until } from "../client";
import type { Credential } from "../pki";
import { verifier } from "../running";
import { type Conversation, event, failure, open, tokenFor } from "./conversation";
import { RunningTracer } from "./runningTracer";

let running: RunningTracer;
let client: Credential;

async function start(...changes: Parameters<typeof RunningTracer.start>): Promise<void> {
    running = await RunningTracer.start(...changes);
    client = await running.pki.client(verifier);
}

afterEach(() => running.stop());

const connect = (): Promise<Conversation> =>
    open(running, client, { headers: tokenFor(running, client) });

it("a socket ends at its age", async () => {
    await start({ connectionMaxAgeSeconds: 1 });
    const startedAt = Date.now();
    const conversation = await connect();
    expect(await conversation.ask(event())).toBe('{"ack":1}');
    expect(await conversation.ended).toEqual({ code: 1001, reason: "max_age" });
    expect(Date.now() - startedAt).toBeGreaterThanOrEqual(900);
    expect(Date.now() - startedAt).toBeLessThan(4_000);
});

it("a client that does not answer a close frame is cut", async () => {
    await start();
    const deaf = await connect();
    deaf.socket.send("{");
    deaf.socket.pause();
    const startedAt = Date.now();
    await until(() => running.log.events("stream_closed").length === 1, "the end of the socket");
    expect(Date.now() - startedAt).toBeGreaterThanOrEqual(4_500);
    expect(running.log.events("stream_closed")).toEqual([
        expect.objectContaining({ code: 1007, reason: "malformed" }),
    ]);
    deaf.socket.terminate();
}, 20_000);

describe("drain", () => {
    it("serves while the endpoint may be known, then tells every client to go, then refuses", async () => {
        await start({ drainSeconds: 4 });
        const early = await connect();
        const drained = running.service.drain();
        const late = await connect();
        expect(await early.ask(event())).toBe('{"ack":1}');
        expect(await late.ask(event())).toBe('{"ack":1}');
        const draining = { code: 1001, reason: "draining" };
        expect(await early.ended).toEqual(draining);
        expect(await late.ended).toEqual(draining);
        const headers = tokenFor(running, client);
        expect(await failure(running, client, { headers })).toBe("ECONNREFUSED");
        await drained;
        expect(running.log.events("drained")).toEqual([expect.objectContaining({ cut: 0 })]);
        expect(running.log.events("stream_closed")).toHaveLength(2);
    }, 20_000);

    it("cuts who does not go", async () => {
        await start({ drainSeconds: 2 });
        const deaf = await connect();
        deaf.socket.pause();
        const startedAt = Date.now();
        await running.service.drain();
        expect(Date.now() - startedAt).toBeLessThan(4_000);
        expect(running.log.events("drained")).toEqual([expect.objectContaining({ cut: 1 })]);
        expect(running.log.events("stream_closed")).toEqual([
            expect.objectContaining({ code: 1001, reason: "draining" }),
        ]);
        deaf.socket.terminate();
    }, 20_000);
});
