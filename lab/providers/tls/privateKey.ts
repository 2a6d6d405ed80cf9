import { createHash, generateKeyPair, type KeyObject } from "node:crypto";
import { promisify } from "node:util";
import { integer, integerOf, oneOf, textOf } from "../inputs";
import type { Inputs, LogicalKind } from "../logical";
import { opensshPrivateKey, opensshPublicKey } from "./openssh";

const generate = promisify(generateKeyPair);

const curves: Readonly<Record<string, string>> = {
    P224: "secp224r1",
    P256: "prime256v1",
    P384: "secp384r1",
    P521: "secp521r1",
};

/** @see https://www.pulumi.com/registry/packages/tls/api-docs/privatekey/ */
export const privateKeyKind: LogicalKind = {
    inputs: {
        algorithm: { check: oneOf("RSA", "ECDSA", "ED25519"), required: true },
        ecdsaCurve: { check: oneOf(...Object.keys(curves)), default: "P224" },
        rsaBits: { check: integer(1024), default: 2048 },
    },
    outputs: {
        privateKeyOpenssh: "secret",
        privateKeyPem: "secret",
        privateKeyPemPkcs8: "secret",
        publicKeyFingerprintMd5: "plain",
        publicKeyFingerprintSha256: "plain",
        publicKeyOpenssh: "plain",
        publicKeyPem: "plain",
    },
    make: async (inputs) => {
        const { privateKey, publicKey } = await keyPair(inputs);
        const der = publicKey.export({ type: "spki", format: "der" });
        return {
            id: createHash("sha1").update(der).digest("hex"),
            outputs: {
                privateKeyOpenssh: opensshPrivateKey(privateKey),
                privateKeyPem: traditionalPem(privateKey),
                privateKeyPemPkcs8: privateKey.export({ type: "pkcs8", format: "pem" }).toString(),
                publicKeyPem: publicKey.export({ type: "spki", format: "pem" }).toString(),
                ...opensshOutputs(publicKey),
            },
        };
    },
};

function keyPair(inputs: Inputs): Promise<{ privateKey: KeyObject; publicKey: KeyObject }> {
    const algorithm = textOf(inputs, "algorithm");
    if (algorithm === "RSA")
        return generate("rsa", { modulusLength: integerOf(inputs, "rsaBits") });
    if (algorithm === "ED25519") return generate("ed25519", {});
    return generate("ec", { namedCurve: curves[textOf(inputs, "ecdsaCurve")] ?? "" });
}

/** The format that belongs to the algorithm: PKCS#1, SEC 1, and PKCS#8 for Ed25519, which has no other. */
function traditionalPem(key: KeyObject): string {
    if (key.asymmetricKeyType === "rsa")
        return key.export({ type: "pkcs1", format: "pem" }).toString();
    const type = key.asymmetricKeyType === "ec" ? "sec1" : "pkcs8";
    return key.export({ type, format: "pem" }).toString();
}

/** Empty where OpenSSH has no such keys, as for P-224. */
function opensshOutputs(key: KeyObject): Record<string, string> {
    const line = opensshPublicKey(key);
    if (line === undefined) {
        return {
            publicKeyOpenssh: "",
            publicKeyFingerprintMd5: "",
            publicKeyFingerprintSha256: "",
        };
    }
    const blob = Buffer.from(line.split(" ")[1] ?? "", "base64");
    const digest = (algorithm: string): Buffer => createHash(algorithm).update(blob).digest();
    return {
        publicKeyOpenssh: `${line}\n`,
        publicKeyFingerprintMd5: digest("md5")
            .toString("hex")
            .replace(/..(?=.)/g, "$&:"),
        publicKeyFingerprintSha256: `SHA256:${digest("sha256").toString("base64").replace(/=+$/, "")}`,
    };
}
