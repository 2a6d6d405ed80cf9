import { forwarded, until } from "../client";
import type { Credential } from "../pki";
import { gateway, verifier } from "../running";
import { type Conversation, event, open, seen, tokenFor } from "./conversation";
import { claimsFor } from "./issuer";
import { RunningTracer } from "./runningTracer";

let running: RunningTracer;
let client: Credential;

beforeAll(async () => {
    running = await RunningTracer.start({ heartbeatMs: 300 });
    client = await running.pki.client(verifier);
});

afterAll(() => running.stop());

const start = (tls: object = {}, credential = client) =>
    open(running, credential, { headers: tokenFor(running, credential), tls });

const sleep = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

/** The permitted twin: it is open still, and answered. */
async function expectServed(conversation: Conversation): Promise<void> {
    expect(await conversation.ask(event())).toMatch(/^\{"ack":\d+\}$/);
    await conversation.leave();
}

/** What the log says of the socket that ended last. */
async function lastClosed() {
    await until(
        () =>
            running.log.events("stream_closed").length ===
            running.log.events("stream_opened").length,
        "the end of the socket",
    );
    return running.log.events("stream_closed").at(-1);
}

/** An event of exactly so many bytes. */
function sized(bytes: number): string {
    const padded = (pad: string) => JSON.stringify({ name: "x", at: "2026-11-24T08:00:00Z", pad });
    return padded("x".repeat(bytes - padded("").length));
}

describe("frames", () => {
    it("are span events, each acknowledged by its number", async () => {
        const conversation = await start();
        expect(await conversation.ask(event())).toBe('{"ack":1}');
        expect(await conversation.ask(event())).toBe('{"ack":2}');
        expect(await conversation.ask(event(), { fin: true })).toBe('{"ack":3}');
        expect(await conversation.leave()).toEqual({ code: 1000, reason: "" });
        expect(await lastClosed()).toMatchObject({ code: 1000, reason: "client", events: 3 });
    });

    it.each(["x", "x".repeat(256), "ä".repeat(256)])("have a name such as %s", async (name) => {
        const conversation = await start();
        expect(await conversation.ask(event(name))).toBe('{"ack":1}');
        await conversation.leave();
    });

    it.each([
        ["no JSON", "{"],
        ["nothing", ""],
        ["a list", "[]"],
        ["null", "null"],
        ["no name", '{"at":"2026-11-24T08:00:00Z"}'],
        ["an empty name", event("")],
        ["a long name", event("x".repeat(257))],
        ["a name that is a number", '{"name":1,"at":"2026-11-24T08:00:00Z"}'],
        ["no time", '{"name":"x"}'],
        ["a time without zone", '{"name":"x","at":"2026-11-24T08:00:00"}'],
        ["a day that is none", '{"name":"x","at":"2026-13-24T08:00:00Z"}'],
    ])("end the socket with %s", async (_case, text) => {
        const twin = await start();
        const conversation = await start();
        expect(await conversation.ask(text)).toEqual({ code: 1007, reason: "malformed" });
        await expectServed(twin);
    });

    it("that are binary, or not UTF-8, end the socket", async () => {
        const binary = await start();
        expect(await binary.ask(Buffer.from(event()))).toEqual({ code: 1003, reason: "not_text" });
        expect(await lastClosed()).toMatchObject({ code: 1003, reason: "not_text", events: 0 });
        const broken = await start();
        expect(await broken.ask(Buffer.from([0xff]), { binary: false })).toEqual({
            code: 1007,
            reason: "",
        });
        expect(await lastClosed()).toMatchObject({ code: 1007, reason: "malformed" });
        await expectServed(await start());
    });

    it("may be as large as the limit and no byte larger, whole or in parts", async () => {
        expect(sized(1024)).toHaveLength(1024);
        const largest = await start();
        expect(await largest.ask(sized(1024))).toBe('{"ack":1}');
        largest.socket.send(sized(1024).slice(0, 1000), { fin: false });
        expect(await largest.ask(sized(1024).slice(1000))).toBe('{"ack":2}');
        expect(await largest.ask(sized(1025))).toEqual({ code: 1009, reason: "" });
        expect(await lastClosed()).toMatchObject({
            code: 1009,
            reason: "message_too_big",
            events: 2,
        });
        const parts = await start();
        parts.socket.send(sized(1025).slice(0, 1000), { fin: false });
        expect(await parts.ask(sized(1025).slice(1000))).toEqual({ code: 1009, reason: "" });
    });

    it("may be of 64 parts and not of more", async () => {
        const send = async (parts: number) => {
            const conversation = await start();
            for (let part = 1; part < parts; part++)
                conversation.socket.send(part === 1 ? event() : "", { fin: false });
            const answer = await conversation.ask("");
            await conversation.leave();
            return answer;
        };
        expect(await send(64)).toBe('{"ack":1}');
        expect(await send(65)).toEqual({ code: 1008, reason: "" });
        expect(await lastClosed()).toMatchObject({ code: 1008, reason: "too_many_fragments" });
    });

    it("are not compressed", async () => {
        const conversation = await start({ perMessageDeflate: true });
        expect(conversation.socket.extensions).toBe("");
        await expectServed(conversation);
    });
});

describe("the rate", () => {
    it("is a second's worth at once, and again when a second has passed", async () => {
        const conversation = await start();
        for (const round of [1, 2]) {
            for (let sent = 0; sent < 45; sent++) conversation.socket.send(event());
            await until(() => conversation.received.length === 45 * round, "45 answers");
            await sleep(1_100);
        }
        await expectServed(conversation);
    });

    it.each<[string, (conversation: Conversation) => void]>([
        [
            "messages",
            ({ socket }) => {
                socket.send(event());
            },
        ],
        [
            "pings",
            ({ socket }) => {
                socket.ping();
            },
        ],
        [
            "pongs",
            ({ socket }) => {
                socket.pong();
            },
        ],
    ])("ends a socket with too many %s", async (_case, send) => {
        const twin = await start();
        const conversation = await start();
        for (let sent = 0; sent < 200; sent++) send(conversation);
        expect(await conversation.ended).toEqual({ code: 1008, reason: "too_many_messages" });
        expect(conversation.received.length).toBeLessThan(100);
        await expectServed(twin);
    });
});

it("cuts a client that does not answer a heartbeat", async () => {
    const twin = await start();
    const silent = await start({ autoPong: false });
    expect(await silent.ended).toEqual({ code: 1006, reason: "" });
    await sleep(700);
    await expectServed(twin);
    await lastClosed();
    expect(running.log.events("stream_closed")).toContainEqual(
        expect.objectContaining({ code: 1006, reason: "lost" }),
    );
});

/** The next whole second but one: certificates and tokens know no parts. */
const soon = () => new Date((Math.floor(Date.now() / 1000) + 2) * 1000);
const atEarliest = (date: Date) => {
    expect(Date.now()).toBeGreaterThanOrEqual(date.getTime() - 100);
    expect(Date.now()).toBeLessThan(date.getTime() + 3_000);
};

describe("a socket ends", () => {
    const withToken = (credential: Credential, expiresAt: Date) => ({
        Authorization: `Bearer ${running.issuer.token(
            claimsFor(credential, { exp: expiresAt.getTime() / 1000 }),
        )}`,
    });
    const later = () => new Date(Date.now() + 600_000);

    it("when the token does, and the token opens no other", async () => {
        const twin = await start();
        const end = soon();
        const headers = withToken(client, end);
        const conversation = await open(running, client, { headers });
        expect(await conversation.ask(event())).toBe('{"ack":1}');
        expect(await conversation.ended).toEqual({ code: 4401, reason: "token_expired" });
        atEarliest(end);
        expect(await seen(running, client, { headers })).toEqual([401, { error: "token_invalid" }]);
        await expectServed(twin);
        expect(running.log.events("stream_closed")).toContainEqual(
            expect.objectContaining({ code: 4401, reason: "token_expired", events: 1 }),
        );
    });

    it("when the client's certificate does, though the token goes on", async () => {
        const end = soon();
        const short = await running.pki.client(verifier, { notAfter: end });
        const conversation = await open(running, short, { headers: withToken(short, later()) });
        expect(await conversation.ended).toEqual({ code: 4401, reason: "certificate_expired" });
        atEarliest(end);
    });

    it("when the token does, though the certificate ends soon after", async () => {
        const end = soon();
        const notAfter = new Date(end.getTime() + 1_000);
        const short = await running.pki.client(verifier, { notAfter });
        const conversation = await open(running, short, { headers: withToken(short, end) });
        expect(await conversation.ended).toEqual({ code: 4401, reason: "token_expired" });
        expect(Date.now()).toBeLessThan(notAfter.getTime());
    });

    it("when the certificate that the gateway forwarded does", async () => {
        const end = soon();
        const short = await running.pki.client(verifier, { notAfter: end });
        const headers = { ...withToken(short, later()), "Client-Cert": forwarded(short) };
        const by = await running.pki.client(gateway);
        const conversation = await open(running, by, { headers });
        expect(await conversation.ended).toEqual({ code: 4401, reason: "certificate_expired" });
        atEarliest(end);
    });

    it("when the gateway's own certificate does, which is no fault of the client", async () => {
        const end = soon();
        const by = await running.pki.client(gateway, { notAfter: end });
        const headers = { ...withToken(client, later()), "Client-Cert": forwarded(client) };
        const conversation = await open(running, by, { headers });
        expect(await conversation.ended).toEqual({
            code: 1001,
            reason: "peer_certificate_expired",
        });
        atEarliest(end);
    });
});

it("does not take a token of years for one that has ended", async () => {
    const exp = Math.floor(Date.now() / 1000) + 10 * 365 * 86_400;
    const credential = await running.pki.client(verifier, { notAfter: new Date(exp * 1000) });
    const token = running.issuer.token(claimsFor(credential, { exp }));
    const headers = { Authorization: `Bearer ${token}` };
    const conversation = await open(running, credential, { headers });
    await sleep(200);
    await expectServed(conversation);
});
