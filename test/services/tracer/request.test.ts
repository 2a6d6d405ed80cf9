import { ask, forwarded, seen as seenPlain } from "../client";
import type { Credential } from "../pki";
import { verifier } from "../running";
import { bearer, connect, seen, tokenFor, type Wish } from "./conversation";
import { claimsFor } from "./issuer";
import { origin, RunningTracer } from "./runningTracer";

let running: RunningTracer;
let client: Credential;
let stranger: Credential;

beforeAll(async () => {
    running = await RunningTracer.start();
    client = await running.pki.client(verifier);
    stranger = await running.pki.client("stranger.llm-platform.svc");
});

afterAll(() => running.stop());

/** A wish with a good token, so that nothing but what is asked about can be refused. */
const wish = ({ headers, ...more }: Wish = {}): Wish => ({
    ...more,
    headers: { ...tokenFor(running, client), ...headers },
});

const accepted = [101, ""];
const lastRequest = () => running.log.events("request").at(-1);

/** The permitted twin of every refusal below. */
const expectGoodClientServed = async () => {
    expect(await seen(running, client, wish())).toEqual(accepted);
};

describe("the Origin", () => {
    it("may be one of the list, or missing", async () => {
        expect(await seen(running, client, wish({ headers: { Origin: origin } }))).toEqual(
            accepted,
        );
        await expectGoodClientServed();
    });

    it.each([
        "https://evil.example",
        "null",
        "",
        `${origin}.evil.example`,
        `${origin}:8443`,
        `${origin}/`,
        origin.replace("https", "http"),
        origin.toUpperCase(),
        `${origin}, https://evil.example`,
    ])("is refused as %j", async (foreign) => {
        const question = wish({ headers: { Origin: foreign } });
        const refused = [403, { error: "origin_not_allowed" }];
        expect(await seen(running, client, question)).toEqual(refused);
    });
});

describe("the token", () => {
    const token = () => running.issuer.token(claimsFor(client));

    it("is refused in the query, alone and beside the header", async () => {
        const path = `/stream?access_token=${token()}`;
        const refused = [400, { error: "query_not_allowed" }];
        expect(await seen(running, client, { path })).toEqual(refused);
        expect(await seen(running, client, wish({ path }))).toEqual(refused);
        const bare = {
            ...running.as(client),
            path: "/stream?",
            headers: tokenFor(running, client),
        };
        expect(await seenPlain(bare)).toEqual(refused);
        await expectGoodClientServed();
    });

    it("is refused as a subprotocol, alone and beside the header", async () => {
        const protocols = ["bearer", token()];
        const refused = [400, { error: "subprotocol_not_allowed" }];
        expect(await seen(running, client, { protocols })).toEqual(refused);
        expect(await seen(running, client, wish({ protocols }))).toEqual(refused);
    });

    it.each<[string, () => Wish["headers"]]>([
        ["nowhere", () => ({})],
        ["in a cookie", () => ({ Cookie: `access_token=${token()}` })],
        ["of another scheme", () => ({ Authorization: `Basic ${token()}` })],
        ["without scheme", () => ({ Authorization: token() })],
        ["that is empty", () => ({ Authorization: "Bearer " })],
        ["of two words", () => ({ Authorization: `Bearer ${token()} ${token()}` })],
    ])("is missing: %s", async (_case, headers) => {
        const outcome = await connect(running, client, { headers: headers() ?? {} });
        expect(outcome).toMatchObject({
            status: 401,
            body: '{"error":"token_required"}',
            headers: {
                "www-authenticate": "Bearer",
                "x-request-id": expect.stringMatching(/^[0-9a-f-]{36}$/) as string,
                "cache-control": "no-store",
                connection: "close",
            },
        });
        await expectGoodClientServed();
    });

    it("that is wrong is called so in the header that RFC 6750 has for it", async () => {
        const outcome = await connect(running, client, { headers: bearer("x") });
        expect(outcome).toMatchObject({
            status: 401,
            headers: { "www-authenticate": 'Bearer error="invalid_token"' },
        });
    });

    it("is refused twice", async () => {
        const headers = { Authorization: [`Bearer ${token()}`, "Bearer x"] };
        expect(await seen(running, client, { headers })).toEqual([400, { error: "malformed" }]);
        expect(lastRequest()).toMatchObject({ reason: "several Authorization headers" });
    });

    it("is taken with the scheme in lower case", async () => {
        const headers = { authorization: `bearer ${token()}` };
        expect(await seen(running, client, { headers })).toEqual(accepted);
    });
});

describe("a request without a socket", () => {
    const plain = (credential: Credential, more: object = {}) =>
        seenPlain({ ...running.as(credential), path: "/stream", ...more });
    const good = () => ({ headers: tokenFor(running, client) });

    it("is health for any verified peer", async () => {
        expect(await plain(stranger, { path: "/healthz" })).toEqual([204, ""]);
        expect((await plain(client, { path: "/healthz", method: "POST" }))[0]).toBe(404);
    });

    it("is told to upgrade where it would get a socket, and else refused like one", async () => {
        expect(await plain(client, good())).toEqual([426, { error: "upgrade_required" }]);
        expect(
            (await ask({ ...running.as(client), path: "/stream", ...good() })).headers,
        ).toMatchObject({ upgrade: "websocket", "x-content-type-options": "nosniff" });
        expect(await plain(client)).toEqual([401, { error: "token_required" }]);
        expect(await plain(stranger, good())).toEqual([403, { error: "identity_not_allowed" }]);
        const headers = { ...good().headers, "Client-Cert": forwarded(client) };
        expect(await plain(client, { headers })).toEqual([400, { error: "client_cert_forbidden" }]);
    });

    it.each(["/", "/stream/", "/STREAM", "/%73tream", "/stream/x", "/metrics", "//stream"])(
        "finds nothing at %s, nor does one with a socket",
        async (path) => {
            expect(await plain(client, { ...good(), path })).toEqual([404, { error: "not_found" }]);
            expect(await seen(running, client, wish({ path }))).toEqual([
                404,
                { error: "not_found" },
            ]);
            expect(lastRequest()).toMatchObject({ path: "other", status: 404 });
        },
    );

    const handshake = {
        Connection: "Upgrade",
        Upgrade: "websocket",
        "Sec-WebSocket-Version": "13",
        "Sec-WebSocket-Key": Buffer.alloc(16, 1).toString("base64"),
    };

    it.each<[string, object, object]>([
        ["an old version", { "Sec-WebSocket-Version": "7" }, {}],
        ["a short key", { "Sec-WebSocket-Key": "AQ==" }, {}],
        ["another protocol", { Upgrade: "h2c" }, {}],
        ["another method", {}, { method: "POST" }],
    ])("asks for a socket in vain by %s", async (_case, headers, more) => {
        const question = { headers: { ...handshake, ...good().headers, ...headers }, ...more };
        expect(await plain(client, question)).toEqual([400, { error: "malformed" }]);
        await expectGoodClientServed();
    });
});
