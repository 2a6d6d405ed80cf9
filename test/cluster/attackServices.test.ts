import { createHmac } from "node:crypto";
import { compact, inSeconds } from "../services/tracer/issuer";
import { stackConfig } from "../target";
import { issueLeaf, platformSigner, type Credentials } from "./harness/credentials";
import type { StreamAttempt, StreamHop } from "./harness/hops/webSocket";
import { openHops, type OpenHops } from "./harness/hops/platformHops";
import { connectPlatform, type Platform } from "./harness/platform";
import { answered } from "./refusals";

/** What services refuse beyond the handshake, each beside the same act permitted. */
const { namespace, tracer } = stackConfig();

let platform: Platform;
let open: OpenHops;
/** Of the same identity as the client's, and another certificate. */
let other: Credentials;

beforeAll(async () => {
    platform = await connectPlatform();
    open = await openHops(platform);
    const identity = String(platform.outputs.verifierIdentity);
    other = await issueLeaf(await platformSigner(platform), { identity });
});

afterAll(() => open.close());

const as = async (identity: string): Promise<Credentials> =>
    issueLeaf(await platformSigner(platform), { identity });

describe("a forged Client-Cert header", () => {
    const headers = async (): Promise<Record<string, string>> => {
        const { certificate } = await as("intruder.elsewhere.svc");
        return { "Client-Cert": `:${pemBody(certificate)}:` };
    };

    it("is replaced by the gateway: the caller stays who it is", async () => {
        const { gateway } = open.hops;
        const attempt = { credentials: gateway.credentials, headers: await headers() };
        expect(await gateway.attempt(attempt)).toEqual(
            answered(200, `"identity":"verifier.${namespace}.svc"`),
        );
    });

    it("is refused by the api from anyone but the gateway", async () => {
        const { api } = open.hops;
        const attempt = { credentials: api.credentials, headers: await headers() };
        expect(await api.attempt(attempt)).toEqual(answered(400, "client_cert_forbidden"));
    });
});

describe("a record of the api", () => {
    const json = { "Content-Type": "application/json" };

    it("is read by who stored it, through the gateway as well, and by nobody else", async () => {
        const { api, gateway } = open.hops;
        const { credentials } = api;
        const stored = await api.attempt({
            credentials,
            method: "POST",
            path: "/v1/records",
            headers: json,
            body: JSON.stringify({ body: "kept" }),
        });
        expect(stored).toEqual(answered(201, '"id"'));
        const { id } = JSON.parse(stored.kind === "answered" ? stored.body : "{}") as {
            id: string;
        };
        const path = `/v1/records/${id}`;
        expect(await api.attempt({ credentials, path })).toEqual(answered(200, '"kept"'));
        expect(await gateway.attempt({ credentials, path })).toEqual(answered(200, '"kept"'));
        // The gateway's identity is let in, but without `Client-Cert` it is not the caller that stored it.
        const gatewayClient = await as(String(platform.outputs.gatewayIdentity));
        const { certificate } = await as("intruder.elsewhere.svc");
        const asked = (of: string) =>
            api.attempt({
                credentials: gatewayClient,
                path,
                headers: { "Client-Cert": `:${pemBody(of)}:` },
            });
        expect(await asked(credentials.certificate)).toEqual(answered(200, '"kept"'));
        expect(await asked(certificate)).toEqual(answered(403, "identity_not_allowed"));
    });
});

describe("the agent mesh", () => {
    it.each([
        ["verifier", "RegisterAgent", answered(0, `verifier.${namespace}.svc`)],
        ["verifier", "RenewAgent", answered(7, "method_not_allowed")],
        ["api", "RegisterAgent", answered(0, `api.${namespace}.svc`)],
        // NOT_FOUND where the pod that answers is not the one that registered it
        ["api", "RenewAgent", expect.objectContaining({ kind: "answered" })],
    ] as const)("%s calls %s", async (service, method, outcome) => {
        const credentials = await as(`${service}.${platform.namespace}.svc`);
        const seen = await open.hops.agentMesh.attempt({ credentials, method });
        expect(seen).toEqual(outcome);
        if (service === "api") expect(seen).not.toMatchObject({ status: 7 });
    });
});

interface StreamCase {
    readonly attack: string;
    readonly attempt: (good: Credentials) => StreamAttempt;
    readonly status: number;
    readonly body: string;
}

const claims = (good: Credentials, changes = {}) => open.issuer.claims(good, changes);

const streamCases: readonly StreamCase[] = [
    { attack: "no token", attempt: () => ({ token: null }), status: 401, body: "token_required" },
    {
        attack: "alg none",
        attempt: (good) => ({
            token: compact({ alg: "none", kid: open.issuer.key.keyId }, claims(good), () =>
                Buffer.alloc(0),
            ),
        }),
        status: 401,
        body: "token",
    },
    {
        attack: "HS256 with the public key as secret",
        attempt: (good) => ({
            token: compact({ alg: "HS256", kid: open.issuer.key.keyId }, claims(good), (input) =>
                createHmac("sha256", open.issuer.key.publicPem).update(input).digest(),
            ),
        }),
        status: 401,
        body: "token_invalid",
    },
    {
        attack: "an expired token",
        attempt: (good) => ({
            token: open.issuer.key.token(claims(good, { exp: inSeconds(-120) })),
        }),
        status: 401,
        body: "token_invalid",
    },
    {
        attack: "a token of another issuer",
        attempt: (good) => ({
            token: open.issuer.key.token(claims(good, { iss: "https://elsewhere.example" })),
        }),
        status: 401,
        body: "token_invalid",
    },
    {
        attack: "a token for another audience",
        attempt: (good) => ({ token: open.issuer.key.token(claims(good, { aud: "elsewhere" })) }),
        status: 401,
        body: "token_invalid",
    },
    {
        attack: "a token used with another certificate",
        attempt: (good) => ({ credentials: other, token: open.issuer.tokenFor(good) }),
        status: 401,
        body: "token",
    },
    {
        attack: "a foreign Origin",
        attempt: () => ({ headers: { Origin: "https://elsewhere.example" } }),
        status: 403,
        body: "origin_not_allowed",
    },
    {
        attack: "an oversized frame",
        attempt: () => ({ frame: JSON.stringify({ name: "test", padding: "x".repeat(65_536) }) }),
        status: 1009,
        body: "",
    },
];

const permitted: readonly [string, () => StreamAttempt][] = [
    ["a good token", () => ({})],
    ["another certificate with a token of its own", () => ({ credentials: other })],
    ["an Origin of the list", () => ({ headers: { Origin: String(tracer.origins[0]) } })],
    [
        "a frame of just the size",
        () => {
            const event = { name: "test", at: new Date().toISOString(), padding: "" };
            const rest = 65_536 - JSON.stringify(event).length;
            return { frame: JSON.stringify({ ...event, padding: "x".repeat(rest) }) };
        },
    ],
];

describe.each(["tracer", "gatewayTracer"] as const)("the stream of %s", (name) => {
    const hop = (): StreamHop => open.hops[name];

    it.each(streamCases)("refuses $attack", async ({ attempt, status, body }) => {
        const { credentials } = hop();
        expect(await hop().attempt({ credentials, ...attempt(credentials) })).toEqual(
            answered(status, body),
        );
    });

    it.each(permitted)("lets in %s", async (_case, attempt) => {
        const { credentials } = hop();
        expect(await hop().attempt({ credentials, ...attempt() })).toEqual(
            answered(101, '{"ack":1}'),
        );
    });
});

const pemBody = (pem: string): string =>
    pem
        .slice(0, pem.indexOf("-----END"))
        .replace("-----BEGIN CERTIFICATE-----", "")
        .replace(/\s/g, "");
