import { X509Certificate } from "node:crypto";
import { as, ask, type Question } from "./client";
import { type Credential, hour, Pki } from "./pki";
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

const der = ({ certificate }: Credential) => new X509Certificate(certificate).raw;
const forwarded = (credential: Credential) => `:${der(credential).toString("base64")}:`;
const throughGateway = (header?: string): Question => ({
    ...as(running, gatewayClient),
    ...(header !== undefined && { headers: { "Client-Cert": header } }),
});

async function seen(question: Question): Promise<[status: number, body: unknown]> {
    const { status, body } = await ask(question);
    return [status, body === "" ? "" : JSON.parse(body)];
}

const whoami = (question: Question) => seen({ path: "/v1/whoami", ...question });

/** The reason of the last request: the client gets a code, the audit log gets why. */
const lastReason = () => running.log.events("request").at(-1)?.reason;

describe("identity", () => {
    it("is the peer's own for a direct client", async () => {
        expect(await whoami(as(running, verifierClient))).toEqual([
            200,
            { identity: verifier, via: "direct" },
        ]);
    });

    it("is the forwarded client's behind the gateway", async () => {
        expect(await whoami(throughGateway(forwarded(verifierClient)))).toEqual([
            200,
            { identity: verifier, via: "gateway" },
        ]);
    });

    it.each([
        ["of itself", () => forwarded(verifierClient)],
        ["of somebody else", () => forwarded(strangerClient)],
        ["that is empty", () => ""],
    ])("is never taken from a header %s that a client sends directly", async (_case, header) => {
        const question = { ...as(running, verifierClient), headers: { "Client-Cert": header() } };
        expect(await whoami(question)).toEqual([400, { error: "client_cert_forbidden" }]);
        expect(await seen({ ...question, path: "/healthz" })).toEqual([
            400,
            { error: "client_cert_forbidden" },
        ]);
    });

    it("does not let the gateway forward a chain", async () => {
        const question = throughGateway(forwarded(verifierClient));
        const headers = {
            ...question.headers,
            "Client-Cert-Chain": forwarded(running.pki.intermediate),
        };
        expect(await whoami({ ...question, headers })).toEqual([
            400,
            { error: "client_cert_forbidden" },
        ]);
    });

    it("is missing where the gateway forwards nothing", async () => {
        expect(await whoami(throughGateway())).toEqual([401, { error: "client_cert_required" }]);
    });

    it("is missing in a certificate without a service name", async () => {
        const host = await running.pki.client("verifier.local.bluefly.io");
        expect(await whoami(as(running, host))).toEqual([401, { error: "client_cert_required" }]);
    });

    it("must be on the list, directly and behind the gateway", async () => {
        const refused = [403, { error: "identity_not_allowed" }];
        expect(await whoami(as(running, strangerClient))).toEqual(refused);
        expect(await whoami(throughGateway(forwarded(strangerClient)))).toEqual(refused);
    });
});

describe("a forwarded certificate", () => {
    const past = {
        notBefore: new Date(Date.now() - 2 * hour),
        notAfter: new Date(Date.now() - hour),
    };
    const future = {
        notBefore: new Date(Date.now() + hour),
        notAfter: new Date(Date.now() + 2 * hour),
    };

    it.each<[string, () => Promise<Credential>, RegExp]>([
        [
            "of another CA",
            async () => (await Pki.create("other")).client(verifier),
            /was not issued by/,
        ],
        [
            "of another CA of the same name",
            async () => (await Pki.create()).client(verifier),
            /was not issued by/,
        ],
        ["that expired", () => running.pki.client(verifier, past), /expired at/],
        [
            "that is not valid yet",
            () => running.pki.client(verifier, future),
            /is not valid before/,
        ],
        [
            "of a server",
            () => running.pki.leaf({ names: [verifier] }),
            /no extended key usage client auth/,
        ],
        ["of a CA", () => Promise.resolve(running.pki.intermediate), /is a CA certificate/],
    ])("%s is refused", async (_case, credential, reason) => {
        expect(await whoami(throughGateway(forwarded(await credential())))).toEqual([
            401,
            { error: "client_cert_required" },
        ]);
        expect(lastReason()).toMatch(reason);
        expect((await whoami(throughGateway(forwarded(verifierClient))))[0]).toBe(200);
    });

    it.each<[string, () => string]>([
        ["without colons", () => der(verifierClient).toString("base64")],
        ["as PEM", () => encodeURIComponent(verifierClient.certificate)],
        [
            "as PEM in a byte sequence",
            () => `:${Buffer.from(verifierClient.certificate).toString("base64")}:`,
        ],
        ["with a parameter", () => `${forwarded(verifierClient)};a=1`],
        ["twice", () => `${forwarded(verifierClient)}, ${forwarded(verifierClient)}`],
        ["with white space inside", () => `: ${forwarded(verifierClient).slice(1)}`],
        [
            "with bytes behind it",
            () => `:${Buffer.concat([der(verifierClient), Buffer.from("x")]).toString("base64")}:`,
        ],
        ["cut off", () => `:${der(verifierClient).subarray(0, -3).toString("base64")}:`],
        ["in base64url", () => `:${Buffer.from([251, 255, 191]).toString("base64url")}:`],
        ["of nothing", () => "::"],
    ])("%s is malformed", async (_case, header) => {
        expect(await whoami(throughGateway(header()))).toEqual([400, { error: "malformed" }]);
    });

    it("of an intermediate that the service does not have is refused", async () => {
        const next = await running.pki.nextIntermediate();
        const headers = { "Client-Cert": forwarded(await next.client(verifier)) };
        expect((await whoami({ ...throughGateway(), headers }))[0]).toBe(401);
        expect(lastReason()).toMatch(/was not issued by/);
    });
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
