import { generateKeyPairSync, type JsonWebKey } from "node:crypto";
import type { Algorithm } from "../../../services/tracer/algorithm";
import { readKeySet } from "../../../services/tracer/keySet";

const jwk = (pair: { publicKey: { export(options: { format: "jwk" }): JsonWebKey } }) =>
    pair.publicKey.export({ format: "jwk" });

const p256 = jwk(generateKeyPairSync("ec", { namedCurve: "P-256" }));
const p384 = jwk(generateKeyPairSync("ec", { namedCurve: "P-384" }));
const ed25519 = jwk(generateKeyPairSync("ed25519"));
const rsa = jwk(generateKeyPairSync("rsa", { modulusLength: 2048 }));
const shortRsa = jwk(generateKeyPairSync("rsa", { modulusLength: 1024 }));

const text = (...keys: readonly unknown[]) => JSON.stringify({ keys });
const keyIds = (set: string, algorithm: Algorithm = "ES256") => [
    ...readKeySet(set, algorithm).keys.keys(),
];

it.each<[Algorithm, string[]]>([
    ["ES256", ["p256"]],
    ["ES384", ["p384"]],
    ["EdDSA", ["ed"]],
    ["PS256", ["rsa"]],
    ["PS384", ["rsa"]],
])("takes for %s the keys that can check it: %j", (algorithm, expected) => {
    const set = text(
        { ...p256, kid: "p256" },
        { ...p384, kid: "p384" },
        { ...ed25519, kid: "ed" },
        { ...rsa, kid: "rsa" },
        { ...shortRsa, kid: "short" },
    );
    expect(keyIds(set, algorithm)).toEqual(expected);
});

it("leaves out keys for other uses, and takes those that say nothing", () => {
    const set = text(
        { ...p256, kid: "plain" },
        { ...p256, kid: "full", alg: "ES256", use: "sig", key_ops: ["verify"] },
        { ...p256, kid: "encrypt", use: "enc" },
        { ...p256, kid: "other", alg: "ECDH-ES" },
        { ...p256, kid: "derive", key_ops: ["deriveKey"] },
    );
    expect(keyIds(set)).toEqual(["plain", "full"]);
});

it("takes an empty set, by which no token is valid", () => {
    expect(keyIds(text())).toEqual([]);
});

const wrongKeyId = "keys[0].kid is not 1 to 128 printable characters without space";

it.each<[string, string, string]>([
    ["no JSON", "{", "expected JSON"],
    ["no object", "[]", 'expected {"keys": [...]} with an object for each key'],
    ["null", "null", 'expected {"keys": [...]} with an object for each key'],
    ["no list", '{"keys":{}}', 'expected {"keys": [...]} with an object for each key'],
    ["a key that is a text", text("a"), 'expected {"keys": [...]} with an object for each key'],
    ["no kid", text(p256), wrongKeyId],
    ["an empty kid", text({ ...p256, kid: "" }), wrongKeyId],
    ["a kid of two lines", text({ ...p256, kid: "a\nb" }), wrongKeyId],
    ["a kid that is a number", text({ ...p256, kid: 1 }), wrongKeyId],
    [
        "a kid twice",
        text({ ...p256, kid: "a" }, { ...p384, kid: "a" }),
        'keys[1].kid is "a", as another is; expected each once',
    ],
    [
        "a private key",
        text({ ...p256, kid: "a", d: "planted" }),
        'keys[0] has the member "d" of a private or shared key; replace the key pair',
    ],
    [
        "a shared key",
        text({ kty: "oct", kid: "a", k: "planted" }),
        'keys[0] has the member "k" of a private or shared key; replace the key pair',
    ],
    [
        "a point that is not on the curve",
        text({ ...p256, kid: "a", y: p256.x }),
        "keys[0] is not a public key with the members that its kty has",
    ],
    [
        "an unknown kind",
        text({ kty: "XY", kid: "a" }),
        "keys[0] is not a public key with the members that its kty has",
    ],
    ["no key that fits", text({ ...p384, kid: "a" }), "none of the 1 key(s) can check ES256"],
])("refuses %s", (_case, set, message) => {
    expect(() => readKeySet(set, "ES256")).toThrow(new Error(message));
});
