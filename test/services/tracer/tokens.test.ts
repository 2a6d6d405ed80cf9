import { createHmac, type KeyObject, X509Certificate } from "node:crypto";
import { verifyToken } from "../../../services/tracer/token";
import type { Credential } from "../pki";
import { verifier } from "../running";
import { bearer, seen } from "./conversation";
import {
    audience,
    claimsFor,
    type Claims,
    compact,
    inSeconds,
    Issuer,
    issuerName,
    thumbprint,
    without,
} from "./issuer";
import { RunningTracer } from "./runningTracer";

let running: RunningTracer;
let client: Credential;
let otherClient: Credential;

beforeAll(async () => {
    running = await RunningTracer.start();
    client = await running.pki.client(verifier);
    otherClient = await running.pki.client(verifier);
});

afterAll(() => running.stop());

const claims = (changes?: Claims) => claimsFor(client, changes);
const signed = (changes?: Claims, header?: object) => running.issuer.token(claims(changes), header);
const hmac = (secret: string | Buffer) =>
    compact({ alg: "HS256", kid: "key-1" }, claims(), (input) =>
        createHmac("sha256", secret).update(input).digest(),
    );

/** The signature that the issuer made, behind other words. */
function altered(changes: Claims): string {
    const [header, , signature] = signed().split(".");
    const payload = Buffer.from(JSON.stringify(claims(changes))).toString("base64url");
    return [header, payload, signature].join(".");
}

const attackers = new Issuer("key-1");
const stronger = new Issuer("key-1", "P-384");

const refusals: [string, () => string, RegExp][] = [
    [
        "alg none without signature",
        () => compact({ alg: "none", kid: "key-1" }, claims(), () => Buffer.alloc(0)),
        /^ERR_JOSE_ALG_NOT_ALLOWED$/,
    ],
    [
        "alg none with the issuer's signature",
        () => signed({}, { alg: "none" }),
        /^ERR_JOSE_ALG_NOT_ALLOWED$/,
    ],
    [
        "HS256 with the public key as PEM for a secret",
        () => hmac(running.issuer.publicPem),
        /^ERR_JOSE_ALG_NOT_ALLOWED$/,
    ],
    [
        "HS256 with the public key as JWK for a secret",
        () => hmac(JSON.stringify(running.issuer.jwk)),
        /^ERR_JOSE_ALG_NOT_ALLOWED$/,
    ],
    [
        "another algorithm than the pinned one",
        () => stronger.token(claims(), { alg: "ES384" }),
        /^ERR_JOSE_ALG_NOT_ALLOWED$/,
    ],
    [
        "the signature of a stranger under a known kid",
        () => attackers.token(claims()),
        /^ERR_JWS_SIGNATURE_VERIFICATION_FAILED$/,
    ],
    [
        "a key that the token brings itself",
        () => attackers.token(claims(), { jwk: attackers.jwk }),
        /^ERR_JWS_SIGNATURE_VERIFICATION_FAILED$/,
    ],
    [
        "claims that were changed",
        () => altered({ sub: "root" }),
        /^ERR_JWS_SIGNATURE_VERIFICATION_FAILED$/,
    ],
    ["an unknown kid", () => signed({}, { kid: "key-2" }), /^kid names no key of the issuer$/],
    ["no kid", () => signed({}, { kid: undefined }), /^kid names no key of the issuer$/],
    ["a kid that is no text", () => signed({}, { kid: ["key-1"] }), /^kid names no key|^ERR_JWS/],
    [
        "a critical extension that is not known",
        () => signed({}, { crit: ["x"], x: 1 }),
        /^ERR_JOSE_NOT_SUPPORTED$/,
    ],
    ["expired", () => signed({ exp: inSeconds(-1) }), /^ERR_JWT_EXPIRED exp check_failed$/],
    ["expiring now", () => signed({ exp: inSeconds(0) }), /^ERR_JWT_EXPIRED exp check_failed$/],
    ["without exp", () => running.issuer.token(without(claims(), "exp")), / exp missing$/],
    ["exp as text", () => signed({ exp: String(inSeconds(600)) }), / exp invalid$/],
    ["exp that is no date", () => signed({ exp: 1e300 }), /^exp is not a date$/],
    ["not yet valid", () => signed({ nbf: inSeconds(60) }), / nbf check_failed$/],
    ["another issuer", () => signed({ iss: "https://issuer.example" }), / iss check_failed$/],
    ["the issuer's name with a tail", () => signed({ iss: `${issuer()}/` }), / iss check_failed$/],
    ["without issuer", () => running.issuer.token(without(claims(), "iss")), / iss missing$/],
    ["another audience", () => signed({ aud: "api.local.bluefly.io" }), / aud check_failed$/],
    ["an empty list of audiences", () => signed({ aud: [] }), / aud check_failed$/],
    ["without audience", () => running.issuer.token(without(claims(), "aud")), / aud missing$/],
    ["without subject", () => running.issuer.token(without(claims(), "sub")), / sub missing$/],
    ["a subject of two lines", () => signed({ sub: "a\nb" }), /^sub is not 1 to 128/],
    ["without jti", () => running.issuer.token(without(claims(), "jti")), / jti missing$/],
    ["a jti that is no text", () => signed({ jti: 7 }), /^jti is not 1 to 128/],
    ["without cnf", () => running.issuer.token(without(claims(), "cnf")), / cnf missing$/],
    ["cnf null", () => signed({ cnf: null }), /^cnf\.x5t#S256 is not/],
    ["cnf of another kind", () => signed({ cnf: { jkt: thumbprint(client) } }), /^cnf\.x5t#S256/],
    ["the thumbprint beside cnf", () => signed({ cnf: thumbprint(client) }), /^cnf\.x5t#S256/],
    [
        "bound to another certificate of the same identity",
        () => running.issuer.token(claimsFor(otherClient)),
        /^cnf\.x5t#S256 is not the thumbprint of the client's certificate$/,
    ],
    [
        "bound by the thumbprint in hex",
        () => signed({ cnf: { "x5t#S256": fingerprint() } }),
        /^cnf\.x5t#S256/,
    ],
    ["claims that are no object", () => running.issuer.token([]), /^ERR_JWT_INVALID$/],
    ["two parts", () => signed().split(".").slice(0, 2).join("."), /^ERR_JWS_INVALID$/],
    ["five parts, as an encrypted token has", () => `${signed()}.a.b`, /^ERR_JWS_INVALID$/],
    ["a word", () => "letmein", /^ERR_JWS_INVALID$/],
];

const issuer = () => String(claims().iss);
const fingerprint = () =>
    new X509Certificate(client.certificate).fingerprint256.replaceAll(":", "").toLowerCase();

/** The permitted twin of every refusal below. */
const expectGoodTokenServed = async () => {
    expect(await seen(running, client, { headers: bearer(signed()) })).toEqual([101, ""]);
};

it.each(refusals)("refuses %s", async (_case, token, reason) => {
    await expectGoodTokenServed();
    const headers = bearer(token());
    expect(await seen(running, client, { headers })).toEqual([401, { error: "token_invalid" }]);
    const line = running.log.events("request").at(-1);
    expect(line).toMatchObject({ identity: verifier, code: "token_invalid", outcome: "refused" });
    expect(line?.reason).toMatch(reason);
    expect(line?.jti).toBeUndefined();
});

it.each<[string, () => string]>([
    ["one of several audiences", () => signed({ aud: ["api", "tracer.local.bluefly.io"] })],
    ["no nbf", () => running.issuer.token(without(claims(), "nbf", "iat"))],
    ["further claims", () => signed({ scope: "trace", cnf: { ...cnf(), jkt: "x" } })],
    ["a declared type", () => signed({}, { typ: "at+jwt" })],
])("takes %s", async (_case, token) => {
    expect(await seen(running, client, { headers: bearer(token()) })).toEqual([101, ""]);
});

const cnf = () => ({ "x5t#S256": thumbprint(client) });

it("takes a token by the certificate that it is bound to, and no other", async () => {
    const headers = bearer(running.issuer.token(claimsFor(otherClient)));
    expect(await seen(running, otherClient, { headers })).toEqual([101, ""]);
    expect((await seen(running, client, { headers }))[0]).toBe(401);
});

it("does not believe a key that was withdrawn while the signature was checked", async () => {
    const { current } = running.service.keys;
    const none = { keys: new Map<string, KeyObject>(), hash: "none" };
    const verify = (sets: (typeof current)[]) =>
        verifyToken(signed(), new X509Certificate(client.certificate), {
            issuer: issuerName,
            audience,
            algorithm: "ES256",
            keys: () => sets.shift() ?? none,
            clock: () => new Date(),
        });
    expect(await verify([current, current])).toMatchObject({ id: "token-1", keyId: "key-1" });
    await expect(verify([current, none])).rejects.toMatchObject({ status: 401 });
});

it("writes no token", async () => {
    const sent = [signed(), attackers.token(claims()), hmac(running.issuer.publicPem)];
    for (const token of sent) {
        await seen(running, client, { headers: bearer(token) });
        await seen(running, client, { path: `/stream?access_token=${token}` });
        await seen(running, client, { path: `/${token}` });
        await seen(running, client, { protocols: [token] });
    }
    const log = JSON.stringify(running.log.lines);
    expect(log).toContain('"jti":"token-1"');
    const parts = sent.flatMap((token) => token.split("."));
    expect(parts.filter((part) => log.includes(part))).toEqual([]);
    expect(log).not.toMatch(/Bearer|eyJ/);
});
