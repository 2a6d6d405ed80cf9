import { createPublicKey, generateKeyPairSync, X509Certificate } from "node:crypto";
import type { Call, Failure, Resource } from "../../lab/providers/resource";
import { tlsProvider } from "../../lab/providers/tls/provider";
import { reveal, Secret, unknown, type Properties, type Value } from "../../lab/providers/value";

const call: Call = {
    urn: "urn:pulumi:dev::test::x::y",
    type: "x",
    name: "y",
    signal: new AbortController().signal,
    log: () => undefined,
};

function kind(name: string): Resource {
    const token = `tls:index/${name[0]?.toLowerCase() ?? ""}${name.slice(1)}:${name}`;
    const found = tlsProvider.resource(token);
    if (!found) throw new Error(`no ${token}`);
    return found;
}

async function make(name: string, inputs: Properties): Promise<Record<string, string>> {
    const { state } = await kind(name).create({
        ...call,
        inputs,
        preview: false,
        timeoutSeconds: 0,
    });
    return reveal(state) as Record<string, string>;
}

async function failures(name: string, news: Properties): Promise<readonly Failure[]> {
    return (await kind(name).check({ ...call, olds: {}, news })).failures ?? [];
}

const authority = (privateKeyPem: string): Properties => ({
    privateKeyPem,
    allowedUses: ["cert_signing"],
    isCaCertificate: true,
    maxPathLength: 0,
    validityPeriodHours: 24,
    subject: { commonName: "CA" },
});

describe("private keys", () => {
    it.each([
        ["RSA of the default size", { algorithm: "RSA" }, { type: "rsa", modulusLength: 2048 }],
        ["RSA", { algorithm: "RSA", rsaBits: 3072 }, { type: "rsa", modulusLength: 3072 }],
        ["the default curve", { algorithm: "ECDSA" }, { type: "ec", namedCurve: "secp224r1" }],
        [
            "P256",
            { algorithm: "ECDSA", ecdsaCurve: "P256" },
            { type: "ec", namedCurve: "prime256v1" },
        ],
        [
            "P384",
            { algorithm: "ECDSA", ecdsaCurve: "P384" },
            { type: "ec", namedCurve: "secp384r1" },
        ],
        [
            "P521",
            { algorithm: "ECDSA", ecdsaCurve: "P521" },
            { type: "ec", namedCurve: "secp521r1" },
        ],
        ["ED25519", { algorithm: "ED25519" }, { type: "ed25519" }],
    ])("%s: every form is the same key", async (_name, inputs, wanted) => {
        const made = await make("PrivateKey", inputs);
        const key = createPublicKey(made["publicKeyPem"] ?? "");
        expect({ type: key.asymmetricKeyType, ...key.asymmetricKeyDetails }).toMatchObject(wanted);
        for (const form of ["privateKeyPem", "privateKeyPemPkcs8"]) {
            expect(createPublicKey(made[form] ?? "").equals(key)).toBe(true);
        }
    });

    it.each([
        ["RSA", { algorithm: "RSA" }, "ssh-rsa"],
        ["P384", { algorithm: "ECDSA", ecdsaCurve: "P384" }, "ecdsa-sha2-nistp384"],
        ["ED25519", { algorithm: "ED25519" }, "ssh-ed25519"],
    ])(
        "%s: OpenSSH's container holds its public key twice and is padded",
        async (_name, inputs, type) => {
            const made = await make("PrivateKey", inputs);
            const [shownType, shownKey] = (made["publicKeyOpenssh"] ?? "").split(/\s/);
            expect(shownType).toBe(type);
            const body = (made["privateKeyOpenssh"] ?? "").split("\n").slice(1, -2).join("");
            const fields = readFields(
                Buffer.from(body, "base64").subarray("openssh-key-v1\0".length),
            );
            expect(fields.texts).toEqual(["none", "none", ""]);
            expect(fields.publicKey.toString("base64")).toBe(shownKey);
            expect(fields.secret.length % 8).toBe(0);
            expect(fields.secret.readUInt32BE(0)).toBe(fields.secret.readUInt32BE(4));
        },
    );

    it("has no OpenSSH form for P-224, which OpenSSH does not know", async () => {
        const made = await make("PrivateKey", { algorithm: "ECDSA" });
        expect([made["publicKeyOpenssh"], made["privateKeyOpenssh"]]).toEqual(["", ""]);
    });

    it("marks every private form secret, in preview as well", async () => {
        for (const preview of [false, true]) {
            const request = {
                ...call,
                inputs: { algorithm: "ED25519" },
                preview,
                timeoutSeconds: 0,
            };
            const { state } = await kind("PrivateKey").create(request);
            const secret = Object.keys(state).filter((name) => state[name] instanceof Secret);
            expect(secret.sort()).toEqual([
                "privateKeyOpenssh",
                "privateKeyPem",
                "privateKeyPemPkcs8",
            ]);
            expect(state["publicKeyPem"] === unknown).toBe(preview);
        }
    });
});

describe("certificates", () => {
    it.each([
        ["RSA", { algorithm: "RSA" }, "sha256WithRSAEncryption"],
        ["P256", { algorithm: "ECDSA", ecdsaCurve: "P256" }, "ecdsa-with-SHA256"],
        ["P521", { algorithm: "ECDSA", ecdsaCurve: "P521" }, "ecdsa-with-SHA512"],
        ["ED25519", { algorithm: "ED25519" }, "ED25519"],
    ])("are signed by %s with the digest of its size", async (_name, inputs, algorithm) => {
        const { privateKeyPem = "" } = await make("PrivateKey", inputs);
        const { certPem } = await make("SelfSignedCert", authority(privateKeyPem));
        const certificate = new X509Certificate(certPem ?? "");
        expect(certificate.verify(certificate.publicKey)).toBe(true);
        expect(certificate.toString()).toBe(certPem);
        expect(certificate.signatureAlgorithm).toBe(algorithm);
    });

    it("take the key of a private key in any of its forms", async () => {
        const made = await make("PrivateKey", { algorithm: "RSA" });
        const { keyAlgorithm } = await make("CertRequest", {
            privateKeyPem: made["privateKeyPemPkcs8"] ?? "",
        });
        expect(keyAlgorithm).toBe("RSA");
    });

    it("are refused for a key that the lab cannot sign with, and for what is no key, without showing it", async () => {
        const { privateKeyPem = "" } = await make("PrivateKey", { algorithm: "ECDSA" });
        await expect(make("SelfSignedCert", authority(privateKeyPem))).rejects.toThrow(
            "[privateKeyPem] is a key on secp224r1; the lab's provider signs with RSA, P256, P384, P521 and ED25519",
        );
        await expect(make("CertRequest", { privateKeyPem: "hunter2" })).rejects.toThrow(
            /^\[privateKeyPem\] is no private key in PEM: RSA, ECDSA or ED25519 is wanted$/,
        );
    });

    it("are not signed by a key that is not the authority's, nor on a request that is not signed by its own", async () => {
        const [ca, other] = [pem(), pem()];
        const { certPem: caCertPem = "" } = await make("SelfSignedCert", authority(ca));
        const { certRequestPem = "" } = await make("CertRequest", { privateKeyPem: other });
        const order = {
            caCertPem,
            certRequestPem,
            allowedUses: ["server_auth"],
            validityPeriodHours: 1,
        };
        await expect(
            make("LocallySignedCert", { ...order, caPrivateKeyPem: other }),
        ).rejects.toThrow("[caPrivateKeyPem] is not the key of caCertPem");
        const der = Buffer.from(certRequestPem.split("\n").slice(1, -2).join(""), "base64");
        der.writeUInt8(der.readUInt8(der.length - 1) ^ 1, der.length - 1);
        const forged = `-----BEGIN CERTIFICATE REQUEST-----\n${der.toString("base64")}\n-----END CERTIFICATE REQUEST-----`;
        await expect(
            make("LocallySignedCert", { ...order, certRequestPem: forged, caPrivateKeyPem: ca }),
        ).rejects.toThrow("[certRequestPem] is not signed by the key");
        expect(await make("LocallySignedCert", { ...order, caPrivateKeyPem: ca })).toMatchObject({
            caKeyAlgorithm: "ECDSA",
            readyForRenewal: false,
        });
    });

    it("of an authority have a name", async () => {
        await expect(make("SelfSignedCert", { ...authority(pem()), subject: {} })).rejects.toThrow(
            "[subject] is empty; a certificate authority must have a name",
        );
    });
});

describe("inputs", () => {
    const good = {
        ...authority("-----BEGIN"),
        uris: ["spiffe://a/b"],
        ipAddresses: ["::1"],
        dnsNames: ["a"],
    };

    it("pass where they are good or not yet known", async () => {
        await expect(failures("SelfSignedCert", good)).resolves.toEqual([]);
        const later = { ...good, privateKeyPem: new Secret(unknown), dnsNames: [unknown] };
        await expect(failures("SelfSignedCert", later)).resolves.toEqual([]);
    });

    it.each<[property: string, value: Value | undefined, reason: RegExp]>([
        ["privateKeyPem", undefined, /^is required$/],
        ["privateKeyPem", 5, /^is <secret>; it is a text/],
        ["privateKeyPemWo", "key", /^is not supported by the lab's provider; it knows allowedUses/],
        ["allowedUses", ["serverAuth"], /of each item, it is one of any_extended, cert_signing/],
        ["validityPeriodHours", 1.5, /^is 1.5; it is a whole number of at least 0$/],
        ["earlyRenewalHours", -1, /whole number of at least 0/],
        ["maxPathLength", -2, /whole number of at least -1/],
        ["isCaCertificate", "yes", /it is true or false/],
        ["ipAddresses", ["10.0.0"], /of each item, it is an IPv4 or IPv6 address/],
        ["uris", ["a/b"], /of each item, it is a URI with a scheme/],
        ["subject", { cn: "x" }, /it has no cn, but commonName, country/],
        ["subject", { streetAddresses: "x" }, /of streetAddresses, it is a list/],
    ])("are refused: %s %j", async (property, value, reason) => {
        const [first, ...more] = await failures("SelfSignedCert", {
            ...good,
            [property]: value ?? null,
        });
        expect(first).toMatchObject({ property });
        expect(first?.reason).toMatch(reason);
        expect(more).toEqual([]);
    });
});

const pem = (): string =>
    generateKeyPairSync("ec", { namedCurve: "P-256" })
        .privateKey.export({ type: "sec1", format: "pem" })
        .toString();

/** Reads the unencrypted container. @see https://cvsweb.openbsd.org/src/usr.bin/ssh/PROTOCOL.key */
function readFields(container: Buffer): { texts: string[]; publicKey: Buffer; secret: Buffer } {
    let at = 0;
    const next = (): Buffer => {
        const length = container.readUInt32BE(at);
        at += 4 + length;
        return container.subarray(at - length, at);
    };
    const texts = [next(), next(), next()].map(String);
    expect(container.readUInt32BE(at)).toBe(1);
    at += 4;
    const publicKey = next();
    const secret = next();
    expect(at).toBe(container.length);
    return { texts, publicKey, secret };
}
