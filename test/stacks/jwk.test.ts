import { generateKeyPairSync } from "node:crypto";
import { readConfig } from "../../stacks/config";
import { compliant, project, publicKey, raw } from "./raw";

const read = (changes: object) => readConfig(project, raw({ ...changes }));

const tracer = (key: object) => ({
    tracer: { ...(compliant.tracer as object), jwks: { keys: [key] } },
});

it("reads a public key as it stands", () => {
    const { config, errors } = read(tracer(publicKey));
    expect(errors).toEqual([]);
    expect(config.tracer?.jwks).toEqual({ keys: [publicKey] });
});

it.each([
    [
        "no point of its curve",
        { ...publicKey, x: "AAAA" },
        `[tracer.jwks.keys.0] is ${JSON.stringify({ ...publicKey, x: "AAAA" })}; allowed a public key with the members that its kty has, RSA of 2048 bits or more; copy it from the issuer's own JWKS`,
    ],
    [
        "without a name",
        { ...publicKey, kid: undefined },
        "[tracer.jwks.keys.0.kid] is not set; allowed 1 to 128 printable characters without space; copy it from the issuer's own JWKS",
    ],
    [
        "a shared one",
        { ...publicKey, kty: "oct" },
        '[tracer.jwks.keys.0.kty] is "oct"; allowed EC, OKP, RSA; use one of them',
    ],
    [
        "of something more",
        { ...publicKey, x5u: "https://a.b" },
        '[tracer.jwks.keys.0.x5u] is "https://a.b"; allowed keys here are kty, kid, alg, use, crv, x, y, n, e; correct its name or remove it',
    ],
])("refuses a key that is %s", (_case, key, message) => {
    expect(read(tracer(key)).errors).toEqual([message]);
});

it.each(["d", "p", "q", "dp", "dq", "qi", "oth", "k"])(
    "refuses the private member %s of a key by its name, and never shows it",
    (member) => {
        const planted = { ...publicKey, [member]: "planted" };
        const { config, errors } = read(tracer(planted));
        expect(errors).toEqual([
            `[tracer.jwks.keys.0.${member}] is "<secret>"; allowed a public key; remove it, and replace the key pair, which is no longer secret`,
        ]);
        expect(config.tracer).toBeUndefined();
    },
);

it("does not show a private key that stands where no key belongs", () => {
    const { errors } = read({ jwks: { keys: [{ d: "planted" }] }, tracer: [{ d: "planted" }] });
    expect(errors).toHaveLength(2);
    expect(errors.join()).not.toContain("planted");
    expect(errors.join()).toContain('{"d":"<secret>"}');
});

it("does not show a private key in PEM either", () => {
    const key = generateKeyPairSync("ed25519").privateKey.export({ type: "pkcs8", format: "pem" });
    const { errors } = read({ gateway: { image: key, replicas: 2 } });
    expect(errors).toHaveLength(1);
    expect(errors.join()).toContain('[gateway.image] is "<secret>"');
});

const made = {
    "P-384": generateKeyPairSync("ec", { namedCurve: "P-384" }),
    Ed25519: generateKeyPairSync("ed25519"),
    "RSA of 2048 bits": generateKeyPairSync("rsa", { modulusLength: 2048 }),
    "RSA of 1024 bits": generateKeyPairSync("rsa", { modulusLength: 1024 }),
};

const errorsOfKey = (name: keyof typeof made) => {
    const key = { ...made[name].publicKey.export({ format: "jwk" }), kid: "made" };
    return read(tracer(key)).errors;
};

it.each(["P-384", "Ed25519", "RSA of 2048 bits"] as const)("takes a public key %s", (name) => {
    expect(errorsOfKey(name)).toEqual([]);
});

it("refuses a public key that is too short", () => {
    expect(errorsOfKey("RSA of 1024 bits")).toEqual([
        expect.stringMatching(
            /^\[tracer\.jwks\.keys\.0\] is .*; allowed a public key with the members/,
        ),
    ]);
});
