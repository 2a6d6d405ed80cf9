import { whoami } from "../../verify/applications/whoami";
import { gatewayChecks, type GatewayHop } from "../../verify/hops/gateway";
import { hopTo, type Common } from "../../verify/settings";
import { commonOf, lookAt, serverOf, verifierIdentity } from "./hops";
import { gatewayNames, makePki, type LeafSettings, type TestPki } from "./pki";
import {
    modernGroups,
    modernSuites,
    startEdge,
    startRedirect,
    type EdgeSettings,
    type Listening,
    type RedirectSettings,
} from "./servers";

const host = "gateway.example.test";

interface Wrong {
    readonly edge?: Partial<EdgeSettings>;
    readonly leaf?: LeafSettings;
    readonly redirect?: Partial<RedirectSettings>;
    readonly hop?: Partial<GatewayHop>;
    /** Issued, but not what is served. */
    readonly issued?: LeafSettings;
}

let pki: TestPki;
let common: Common;
let good: GatewayHop;
const running: Listening[] = [];

beforeAll(async () => {
    pki = await makePki();
    common = await commonOf(pki);
    good = await start({});
});

afterAll(async () => {
    await Promise.all(running.map(({ close }) => close()));
});

async function start({ edge, leaf, redirect, hop, issued }: Wrong): Promise<GatewayHop> {
    const credentials = await pki.issue(leaf);
    const front = await startEdge({ credentials, trustBundle: pki.root, host, ...edge });
    const literal: RedirectSettings = {
        target: (asked, path) => (asked === host ? `https://${host}${path}` : undefined),
    };
    const plain = await startRedirect({ ...literal, ...redirect });
    running.push(front, plain);
    const inForce = issued ? await pki.issue(issued) : credentials;
    return {
        ...hopTo("gateway", common, {
            ...serverOf(host, 443, inForce),
            names: gatewayNames,
        }),
        application: whoami({ host, identity: verifierIdentity, via: "gateway" }),
        address: front.address,
        redirect: plain.address,
        ...hop,
    };
}

const look = (id: string, hop: GatewayHop) => lookAt(gatewayChecks, id, hop);

describe("an edge that is right passes", () => {
    it.each(gatewayChecks.map(({ id }) => id))("%s", async (id) => {
        expect(await look(id, good)).toMatchObject({ outcome: "pass" });
    });
});

const verifierIs = (via: string) => `{"identity":"verifier.llm-platform.svc","via":"${via}"}`;

const wrongs: [id: string, what: string, wrong: Wrong, seen: string | RegExp][] = [
    ["tls13-accepted", "a server of another CA's", { hop: { trustBundle: "" } }, /^refused: /],
    ["tls12-refused", "TLS 1.2", { edge: { oldestVersion: "TLSv1.2" } }, "accepted, as TLS 1.2"],
    ["tls11-refused", "TLS 1.1", { edge: { oldestVersion: "TLSv1.1" } }, "accepted, as TLS 1.1"],
    ["tls10-refused", "TLS 1.0", { edge: { oldestVersion: "TLSv1" } }, "accepted, as TLS 1.0"],
    [
        "cipher-suites",
        "one suite more",
        { edge: { cipherSuites: `${modernSuites}:TLS_AES_128_CCM_SHA256` } },
        "TLS_AES_128_CCM_SHA256 TLS_AES_128_GCM_SHA256 TLS_AES_256_GCM_SHA384 TLS_CHACHA20_POLY1305_SHA256",
    ],
    [
        "cipher-suites",
        "one suite less",
        { edge: { cipherSuites: "TLS_AES_256_GCM_SHA384:TLS_AES_128_GCM_SHA256" } },
        "TLS_AES_128_GCM_SHA256 TLS_AES_256_GCM_SHA384",
    ],
    [
        "groups",
        "a classical group more",
        { edge: { groups: `${modernGroups}:secp521r1` } },
        "X25519 prime256v1 secp384r1 secp521r1",
    ],
    [
        "groups",
        "a hybrid group more",
        { edge: { groups: `X25519MLKEM768:${modernGroups}` } },
        "X25519 X25519MLKEM768 prime256v1 secp384r1",
    ],
    [
        "groups",
        "a finite field more",
        { edge: { groups: `${modernGroups}:ffdhe2048` } },
        "X25519 ffdhe2048 prime256v1 secp384r1",
    ],
    [
        "chain-to-root",
        "only its leaf",
        { leaf: { chain: "leaf" } },
        "UNABLE_TO_VERIFY_LEAF_SIGNATURE",
    ],
    [
        "chain-to-root",
        "another name's certificate",
        { leaf: { names: ["postgres.example.test"] } },
        "ERR_TLS_CERT_ALTNAME_INVALID",
    ],
    [
        "chain-to-root",
        "an expired certificate",
        { leaf: { lifetimeHours: 1, ageHours: 2 } },
        "CERT_HAS_EXPIRED",
    ],
    ["full-chain-served", "only its leaf", { leaf: { chain: "leaf" } }, "1 sent: leaf"],
    [
        "names",
        "a wildcard",
        { leaf: { names: [...gatewayNames, "*.example.test"] } },
        "*.example.test, gateway.example.test, gateway.llm-platform.svc, gateway.llm-platform.svc.cluster.local, tracer.example.test",
    ],
    [
        "names",
        "names too few",
        { leaf: { names: gatewayNames.slice(2) } },
        "gateway.example.test, tracer.example.test",
    ],
    ["lifetime", "an hour too many", { leaf: { lifetimeHours: 2161 } }, "2161 h"],
    [
        "rotation-margin",
        "a certificate past its renewal",
        { leaf: { ageHours: 2160 - 719 } },
        "718 h left",
    ],
    ["key-strength", "a curve of no profile", { leaf: { curve: "P-521" } }, /^ec secp521r1 /],
    ["key-strength", "a SHA-1 signature", { leaf: { hash: "SHA-1" } }, /ecdsa-with-SHA1/],
    ["served-is-issued", "what was issued before", { issued: { ageHours: 0.5 } }, /^sha256 /],
    [
        "client-certificate-accepted",
        "another way to the service",
        { edge: { via: "direct" } },
        `200 ${verifierIs("direct")}`,
    ],
    [
        "client-certificate-demanded",
        "nobody turned away",
        { edge: { clients: "anybody" } },
        `200 ${verifierIs("gateway")}`,
    ],
    [
        "other-ca-refused",
        "any certificate believed",
        { edge: { clients: "any-certificate" } },
        `200 ${verifierIs("gateway")}`,
    ],
    [
        "forged-client-cert-stripped",
        "the client's header believed",
        { edge: { believesClientCert: true } },
        '200 {"identity":"administrator.llm-platform.svc","via":"gateway"}',
    ],
    ["plaintext-refused", "plaintext answered", { edge: { plaintext: true } }, "200"],
    [
        "redirect",
        "a temporary redirect",
        { redirect: { status: 302 } },
        /^302 https:\/\/gateway.example.test\/v1\/whoami\?a=b for GET, 302 /,
    ],
    [
        "redirect",
        "a redirect to plaintext",
        { redirect: { target: (_, path) => `http://${host}${path}` } },
        /^308 http:\/\//,
    ],
    [
        "redirect-unknown-host-closed",
        "a redirect by Host",
        { redirect: { target: (asked, path) => `https://${asked}${path}` } },
        "308 https://elsewhere.invalid/v1/whoami?a=b",
    ],
    ["unknown-host-closed", "any Host answered", { edge: { anyHost: true } }, "200"],
    [
        "unknown-server-name-rejected",
        "any server name",
        { edge: { anyServerName: true } },
        "agreed on TLS 1.3",
    ],
    [
        "missing-server-name-rejected",
        "no server name",
        { edge: { anyServerName: true } },
        "agreed on TLS 1.3",
    ],
    [
        "hsts",
        "no HSTS",
        { edge: { headers: { "strict-transport-security": undefined } } },
        "absent",
    ],
    [
        "hsts",
        "HSTS for a minute",
        { edge: { headers: { "strict-transport-security": "max-age=60; includeSubDomains" } } },
        "max-age=60; includeSubDomains",
    ],
    [
        "security-headers",
        "a page that may be framed",
        { edge: { headers: { "x-frame-options": "SAMEORIGIN" } } },
        "x-frame-options: SAMEORIGIN",
    ],
    [
        "security-headers",
        "inline scripts",
        { edge: { headers: { "content-security-policy": "default-src 'unsafe-inline'" } } },
        "content-security-policy: default-src 'unsafe-inline'",
    ],
    [
        "server-version-hidden",
        "a version in Server",
        { edge: { headers: { server: "nginx/1.26.3" } } },
        "Server: nginx/1.26.3; X-Powered-By: absent",
    ],
    [
        "server-version-hidden",
        "an X-Powered-By",
        { edge: { headers: { "x-powered-by": "Express" } } },
        "Server: nginx; X-Powered-By: Express",
    ],
    ["http2", "HTTP/1.1 alone", { edge: { http2: false } }, "http/1.1, 0"],
    ["no-session-tickets", "sealed tickets", { edge: { statelessTickets: true } }, /^\d{3,} /],
];

describe("an edge with one thing wrong fails", () => {
    it.each(wrongs)("%s: %s", async (id, _, wrong, seen) => {
        const sighting = await look(id, await start(wrong));
        expect(sighting).toEqual({
            outcome: "fail",
            seen: seen instanceof RegExp ? (expect.stringMatching(seen) as string) : seen,
        });
    });

    it("is tried for every check but the one that no library can serve", () => {
        const tried = new Set(wrongs.map(([id]) => id));
        const untried = gatewayChecks.map(({ id }) => id).filter((id) => !tried.has(id));
        // Tested with hand-made bytes in clientHello.test.ts: no OpenSSL speaks SSL 3.0 any more.
        expect(untried).toEqual(["ssl30-refused"]);
    });
});

it("fails a leaf that outlives its issuer", async () => {
    const short = await makePki(24);
    const credentials = await short.issue();
    const front = await startEdge({ credentials, trustBundle: pki.root, host });
    running.push(front);
    expect(await look("lifetime", { ...good, address: front.address })).toEqual({
        outcome: "fail",
        seen: "2160 h, outlives its issuer",
    });
});

it("could not look, rather than failed, where the served certificate is newer than the Secret that was read", async () => {
    const hop = await start({ issued: { ageHours: 3 } });
    expect(await look("served-is-issued", hop)).toEqual({
        outcome: "unknown",
        seen: "could not look: the certificate was renewed in the meantime; look again",
    });
});

describe("where nothing listens", () => {
    it.each(gatewayChecks.map(({ id }) => id))("%s could not look", async (id) => {
        const nowhere = { host: "127.0.0.1", port: 1 };
        const result = await look(id, { ...good, address: nowhere, redirect: nowhere });
        expect(result).toEqual({
            outcome: "unknown",
            seen: "could not look: 127.0.0.1:1: connect ECONNREFUSED 127.0.0.1:1",
        });
    });
});
