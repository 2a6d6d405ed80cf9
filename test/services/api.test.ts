import { X509Certificate } from "node:crypto";
import { Agent } from "node:https";
import { as, ask, forwarded, type Question, seen } from "./client";
import type { Credential } from "./pki";
import { gateway, Running, verifier } from "./running";

let running: Running;
let gatewayClient: Credential;
let verifierClient: Credential;
let strangerClient: Credential;

beforeAll(async () => {
    running = await Running.start();
    gatewayClient = await running.pki.client(gateway);
    verifierClient = await running.pki.client(verifier);
    strangerClient = await running.pki.client("stranger.llm-platform.svc");
});

afterAll(() => running.stop());

/** The verifier, as the gateway passes it on. */
const throughGateway = () => ({
    ...as(running, gatewayClient),
    headers: { "Client-Cert": forwarded(verifierClient) },
});

describe("the surface", () => {
    const json = { "Content-Type": "application/json" };
    const echo = (body: string, more: Question = {}) =>
        seen({
            ...as(running, verifierClient),
            method: "POST",
            path: "/v1/echo",
            headers: json,
            body,
            ...more,
        });

    it("answers health to any verified peer", async () => {
        expect(await seen({ ...as(running, strangerClient), path: "/healthz" })).toEqual([204, ""]);
    });

    it.each(["{}", '{"a":[1,null,"x"]}', '"text"', "null"])("echoes %s", async (body) => {
        expect(await echo(body)).toEqual([200, JSON.parse(body)]);
    });

    it("echoes 64 KiB and refuses one byte more", async () => {
        const largest = `"${"x".repeat(64 * 1024 - 2)}"`;
        expect(await echo(largest)).toEqual([200, JSON.parse(largest)]);
        expect(await echo(` ${largest}`)).toEqual([413, { error: "payload_too_large" }]);
    });

    it.each<[string, string, Question]>([
        ["broken JSON", "{", {}],
        ["another type", "a=1", { headers: { "Content-Type": "text/plain" } }],
        ["a compressed body", "{}", { headers: { ...json, "Content-Encoding": "gzip" } }],
        [
            "an unknown charset",
            "{}",
            { headers: { "Content-Type": "application/json; charset=x" } },
        ],
    ])("refuses %s", async (_case, body, more) => {
        expect(await echo(body, more)).toEqual([400, { error: "malformed" }]);
    });

    it.each(["/", "/v1/echo", "/v1/whoami/x", "/metrics", "/%"])(
        "knows no GET %s",
        async (path) => {
            expect(await seen({ ...as(running, verifierClient), path })).toEqual([
                404,
                { error: "not_found" },
            ]);
            expect((await seen({ ...as(running, strangerClient), path }))[0]).toBe(403);
        },
    );

    it("refuses a header of more than 16 KiB", async () => {
        const question = { ...as(running, verifierClient), path: "/v1/whoami" };
        expect(
            (await ask({ ...question, headers: { "X-Long": "x".repeat(15 * 1024) } })).status,
        ).toBe(200);
        expect(
            (await ask({ ...question, headers: { "X-Long": "x".repeat(17 * 1024) } })).status,
        ).toBe(431);
    });

    it("shows nothing of an error of its own", async () => {
        const agent = new Agent({ keepAlive: true, maxSockets: 1 });
        const question = { ...throughGateway(), agent };
        expect((await seen({ ...question, path: "/v1/whoami" }))[0]).toBe(200);
        const broken = jest.spyOn(X509Certificate.prototype, "ca", "get").mockImplementation(() => {
            throw new Error("broken inside");
        });
        expect(await seen({ ...question, path: "/v1/whoami" })).toEqual([
            500,
            { error: "internal_error" },
        ]);
        expect(running.log.events("request").at(-1)).toMatchObject({
            outcome: "failed",
            reason: "broken inside",
        });
        broken.mockRestore();
        expect((await seen({ ...question, path: "/v1/whoami" }))[0]).toBe(200);
        agent.destroy();
    });

    it("does not say what it is made of", async () => {
        const { headers } = await ask({ ...as(running, verifierClient), path: "/v1/whoami" });
        expect(headers).not.toHaveProperty("x-powered-by");
        expect(headers).toMatchObject({
            "cache-control": "no-store",
            "x-content-type-options": "nosniff",
        });
    });
});

describe("the audit log", () => {
    it("says who did what, from where, on which way, and how it ended", async () => {
        const headers = {
            "Client-Cert": forwarded(verifierClient),
            "X-Request-Id": "from-gateway-1",
        };
        const answer = await ask({ ...throughGateway(), headers, path: "/v1/whoami?token=secret" });
        expect(answer.headers["x-request-id"]).toBe("from-gateway-1");
        expect(running.log.events("request").at(-1)).toEqual({
            event: "request",
            requestId: "from-gateway-1",
            identity: verifier,
            via: "gateway",
            peer: gateway,
            address: expect.stringMatching(/127\.0\.0\.1$/) as string,
            method: "GET",
            path: "/v1/whoami",
            status: 200,
            outcome: "allowed",
            code: undefined,
            reason: undefined,
            durationMs: expect.any(Number) as number,
            message: "request",
        });
    });

    it("names the code of a refusal, and believes no request id but the gateway's", async () => {
        await ask({
            ...as(running, strangerClient),
            path: "/v1/whoami",
            headers: { "X-Request-Id": "mine" },
        });
        const line = running.log.events("request").at(-1);
        expect(line).toMatchObject({
            identity: "stranger.llm-platform.svc",
            status: 403,
            outcome: "refused",
            code: "identity_not_allowed",
        });
        expect(line?.requestId).toMatch(/^[0-9a-f-]{36}$/);
    });

    it("holds no token, body or certificate", async () => {
        const headers = {
            Authorization: "Bearer plantedToken",
            Cookie: "session=plantedCookie",
            "Content-Type": "application/json",
            "Client-Cert": forwarded(verifierClient),
        };
        const body = '{"plantedBody":1}';
        const question = { ...throughGateway(), headers, body, method: "POST" };
        expect((await seen({ ...question, path: "/v1/echo?plantedQuery=1" }))[0]).toBe(200);
        expect(
            (
                await seen({ ...question, path: "/v1/echo?plantedQuery=1", body: '{"plantedBody"' })
            )[0],
        ).toBe(400);
        const log = JSON.stringify(running.log.lines);
        expect(log).toContain("/v1/echo");
        expect(log).not.toMatch(/planted|BEGIN|MII/);
    });
});
