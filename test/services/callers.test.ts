import { X509Certificate } from "node:crypto";
import { as, forwarded, type Question, seen } from "./client";
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
const throughGateway = (header?: string): Question => ({
    ...as(running, gatewayClient),
    ...(header !== undefined && { headers: { "Client-Cert": header } }),
});

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

    it("is believed whichever intermediate issued it: the gateway has verified the chain", async () => {
        const next = await running.pki.nextIntermediate();
        const header = forwarded(await next.client(verifier));
        expect(await whoami(throughGateway(header))).toEqual([
            200,
            { identity: verifier, via: "gateway" },
        ]);
    });

    it("of another CA is not taken from whoever is not the gateway", async () => {
        const other = await Pki.create("other");
        const header = forwarded(await other.client(verifier));
        const question = { ...as(running, strangerClient), headers: { "Client-Cert": header } };
        expect(await whoami(question)).toEqual([400, { error: "client_cert_forbidden" }]);
    });
});
