import { issueLeaf, signerFromPem, strangerCa, type Credentials } from "./harness/credentials";
import { apiHop, gatewayHop, withdrawAll } from "./harness/hops";
import type { Attempt, Hop, Outcome } from "./harness/hop";
import { timesLogged } from "./harness/logs";
import { connectPlatform, eventually, readCredentials, type Platform } from "./harness/platform";

/**
 * Every refusal of gateway and api, each beside the same client with nothing wrong. A case says why it must be refused, and
 * the test fails when it is refused for another reason.
 */
const day = 86_400_000;
const allowed = "verifier.llm-platform.svc";

let platform: Platform;
let good: Credentials;
let forged: Record<"stranger" | "expired" | "notYet" | "wrongName" | "bare" | "twin", Credentials>;
const hops: Record<string, Hop> = {};

beforeAll(async () => {
    platform = await connectPlatform();
    good = await readCredentials(
        platform,
        platform.namespace,
        String(platform.outputs.verifierSecret),
    );
    const ca = await readCredentials(platform, "cert-manager", "ca-key-pair");
    const ours = await signerFromPem(ca.certificate, ca.privateKey);
    const theirs = await strangerCa(ours.certificate.subject);
    const from = (ms: number): Date => new Date(Date.now() + ms);
    forged = {
        twin: await issueLeaf(ours, { identity: allowed }),
        stranger: await issueLeaf(theirs, { identity: allowed }),
        expired: await issueLeaf(ours, {
            identity: allowed,
            notBefore: from(-2 * day),
            notAfter: from(-day),
        }),
        notYet: await issueLeaf(ours, {
            identity: allowed,
            notBefore: from(day),
            notAfter: from(2 * day),
        }),
        wrongName: await issueLeaf(ours, { identity: "intruder.elsewhere.svc" }),
        bare: await issueLeaf(ours, { identity: allowed, withChain: false }),
    };
    hops.gateway = gatewayHop(platform);
    hops.api = await apiHop(platform);
});

afterAll(async () => {
    await withdrawAll(platform);
});

const hopNamed = (name: string): Hop => {
    const hop = hops[name];
    if (hop === undefined) throw new Error(`no hop ${name}`);
    return hop;
};

const answered = (status: number, body: string): Outcome => ({
    kind: "answered",
    status,
    body: expect.stringContaining(body) as unknown as string,
});
const refused = (reason: string): Outcome => ({ kind: "refused", reason });

/** What a client sees, and what the server logs as its reason where the client is not told. */
interface Refusal {
    readonly seen: Outcome;
    readonly logged?: string;
}

/** nginx finishes the handshake and answers inside it; why the certificate was refused stands in its log. */
const nginxRefusal = (verified: string): Refusal => ({
    seen: answered(400, "The SSL certificate error"),
    logged: `"clientVerified":"FAILED:${verified}"`,
});

/** Node ends the connection without an alert when it does not accept a certificate. */
const nodeRefusal = (reason: string): Refusal => ({
    seen: refused("closed"),
    logged: `"handshake_refused","reason":"${reason}"`,
});

const alert = (code: string): Refusal => ({ seen: refused(code) });

interface Case {
    readonly attack: string;
    readonly attempt: () => Attempt;
    readonly gateway: Refusal;
    readonly api: Refusal;
}

const cases: readonly Case[] = [
    {
        attack: "plaintext",
        attempt: () => ({ plaintext: true }),
        gateway: { seen: answered(400, "The plain HTTP request was sent to HTTPS port") },
        api: {
            ...alert("ECONNRESET"),
            logged: '"handshake_refused","reason":"ERR_SSL_HTTP_REQUEST"',
        },
    },
    {
        attack: "TLS 1.2",
        attempt: () => ({ credentials: good, maxVersion: "TLSv1.2" }),
        gateway: alert("ERR_SSL_TLSV1_ALERT_PROTOCOL_VERSION"),
        api: alert("ERR_SSL_TLSV1_ALERT_PROTOCOL_VERSION"),
    },
    {
        attack: "a cipher suite outside the profile",
        attempt: () => ({ credentials: good, cipherSuites: "TLS_AES_128_CCM_SHA256" }),
        gateway: alert("ERR_SSL_SSL/TLS_ALERT_HANDSHAKE_FAILURE"),
        api: {
            ...alert("ERR_SSL_SSL/TLS_ALERT_HANDSHAKE_FAILURE"),
            logged: '"handshake_refused","reason":"ERR_SSL_NO_SHARED_CIPHER"',
        },
    },
    {
        attack: "a group outside the profile",
        attempt: () => ({ credentials: good, groups: "P-521" }),
        gateway: alert("ERR_SSL_SSL/TLS_ALERT_HANDSHAKE_FAILURE"),
        api: {
            ...alert("ERR_SSL_SSL/TLS_ALERT_HANDSHAKE_FAILURE"),
            logged: '"handshake_refused","reason":"ERR_SSL_NO_SUITABLE_KEY_SHARE"',
        },
    },
    {
        attack: "no certificate",
        attempt: () => ({}),
        gateway: {
            seen: answered(400, "No required SSL certificate was sent"),
            logged: '"clientVerified":"NONE"',
        },
        api: alert("ERR_SSL_TLSV13_ALERT_CERTIFICATE_REQUIRED"),
    },
    {
        attack: "a certificate of another CA of the same name",
        attempt: () => ({ credentials: forged.stranger }),
        gateway: nginxRefusal("self-signed certificate in certificate chain"),
        api: nodeRefusal("SELF_SIGNED_CERT_IN_CHAIN"),
    },
    {
        attack: "an expired certificate",
        attempt: () => ({ credentials: forged.expired }),
        gateway: nginxRefusal("certificate has expired"),
        api: nodeRefusal("CERT_HAS_EXPIRED"),
    },
    {
        attack: "a certificate that is not valid yet",
        attempt: () => ({ credentials: forged.notYet }),
        gateway: nginxRefusal("certificate is not yet valid"),
        api: nodeRefusal("CERT_NOT_YET_VALID"),
    },
    {
        attack: "the right CA and a wrong name",
        attempt: () => ({ credentials: forged.wrongName }),
        gateway: { seen: answered(403, "identity_not_allowed") },
        api: { seen: answered(403, "identity_not_allowed") },
    },
    {
        attack: "a leaf without its intermediate",
        attempt: () => ({ credentials: forged.bare }),
        gateway: nginxRefusal("unable to verify the first certificate"),
        api: nodeRefusal("UNABLE_TO_VERIFY_LEAF_SIGNATURE"),
    },
    {
        attack: "an unknown host name",
        attempt: () => ({ credentials: good, host: "intruder.example" }),
        gateway: alert("ERR_SSL_TLSV1_UNRECOGNIZED_NAME"),
        api: { ...alert("ECONNRESET"), logged: '"handshake_refused","reason":"unrecognized_name"' },
    },
];

describe.each(["gateway", "api"] as const)("%s", (name) => {
    it.each(cases)("refuses $attack", async (attack) => {
        const { seen, logged } = attack[name];
        const before = logged === undefined ? 0 : await timesLogged(platform, name, logged);
        expect(await hopNamed(name).attempt(attack.attempt())).toEqual(seen);
        if (logged === undefined) return;
        await eventually(`${logged} in the log of ${name}`, 10_000, async () =>
            (await timesLogged(platform, name, logged)) > before ? true : undefined,
        );
    });

    it.each([
        ["the verifier's own certificate", (): Attempt => ({ credentials: good })],
        [
            "a certificate made as the forged ones, with nothing wrong",
            (): Attempt => ({ credentials: forged.twin }),
        ],
        [
            "a suite and a group of the profile",
            (): Attempt => ({
                credentials: good,
                cipherSuites: "TLS_AES_256_GCM_SHA384",
                groups: "P-384",
            }),
        ],
    ])("lets in %s", async (_case, attempt) => {
        expect(await hopNamed(name).attempt(attempt())).toEqual(answered(200, allowed));
    });
});

describe("a forged Client-Cert header", () => {
    const headers = (): Record<string, string> => {
        const der = Buffer.from(pemBody(forged.wrongName.certificate), "base64").toString("base64");
        return { "Client-Cert": `:${der}:` };
    };

    it("is replaced by the gateway: the caller stays who it is", async () => {
        const outcome = await hopNamed("gateway").attempt({
            credentials: good,
            headers: headers(),
        });
        expect(outcome).toEqual(answered(200, allowed));
    });

    it("is refused by the api from anyone but the gateway", async () => {
        const outcome = await hopNamed("api").attempt({ credentials: good, headers: headers() });
        expect(outcome).toEqual(answered(400, "client_cert_forbidden"));
    });
});

const pemBody = (pem: string): string =>
    pem
        .slice(0, pem.indexOf("-----END"))
        .replace("-----BEGIN CERTIFICATE-----", "")
        .replace(/\s/g, "");
