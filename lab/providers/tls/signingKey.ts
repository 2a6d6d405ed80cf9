import { createPrivateKey, createPublicKey, webcrypto, type KeyObject } from "node:crypto";
import { PropertyError } from "../resource";

export interface SigningKey {
    /** As the `keyAlgorithm` outputs have it. */
    readonly algorithm: "RSA" | "ECDSA" | "ED25519";
    readonly privateKey: webcrypto.CryptoKey;
    readonly publicKey: webcrypto.CryptoKey;
    /** Subject public key info, DER. */
    readonly spki: Buffer;
    /** With the digest that fits the size of the key, as the official plugin chooses it. */
    readonly signingAlgorithm: { name: string; hash?: string };
}

interface Scheme {
    readonly algorithm: SigningKey["algorithm"];
    readonly keyParameters: { name: string; hash?: string; namedCurve?: string };
    readonly signingAlgorithm: { name: string; hash?: string };
}

/** Reads a private key in PKCS#1, SEC 1 or PKCS#8. An error names the property and holds nothing of the key. */
export async function signingKey(property: string, pem: string): Promise<SigningKey> {
    const key = parse(property, pem);
    const { algorithm, keyParameters, signingAlgorithm } = schemeOf(property, key);
    const spki = createPublicKey(key).export({ type: "spki", format: "der" });
    const pkcs8 = key.export({ type: "pkcs8", format: "der" });
    const { subtle } = webcrypto;
    return {
        algorithm,
        privateKey: await subtle.importKey("pkcs8", pkcs8, keyParameters, false, ["sign"]),
        publicKey: await subtle.importKey("spki", spki, keyParameters, true, ["verify"]),
        spki,
        signingAlgorithm,
    };
}

function parse(property: string, pem: string): KeyObject {
    try {
        return createPrivateKey(pem);
    } catch {
        throw new PropertyError(
            property,
            "is no private key in PEM: RSA, ECDSA or ED25519 is wanted",
        );
    }
}

const ecdsaSchemes: Readonly<Record<string, { namedCurve: string; hash: string }>> = {
    prime256v1: { namedCurve: "P-256", hash: "SHA-256" },
    secp384r1: { namedCurve: "P-384", hash: "SHA-384" },
    secp521r1: { namedCurve: "P-521", hash: "SHA-512" },
};

function schemeOf(property: string, key: KeyObject): Scheme {
    if (key.asymmetricKeyType === "rsa") {
        const parameters = { name: "RSASSA-PKCS1-v1_5", hash: "SHA-256" };
        return { algorithm: "RSA", keyParameters: parameters, signingAlgorithm: parameters };
    }
    if (key.asymmetricKeyType === "ed25519") {
        const parameters = { name: "Ed25519" };
        return { algorithm: "ED25519", keyParameters: parameters, signingAlgorithm: parameters };
    }
    const curve = key.asymmetricKeyDetails?.namedCurve ?? "";
    const scheme = ecdsaSchemes[curve];
    if (!scheme) {
        throw new PropertyError(
            property,
            `is a key on ${curve || String(key.asymmetricKeyType)}; the lab's provider signs with RSA, P256, P384, P521 and ED25519`,
        );
    }
    return {
        algorithm: "ECDSA",
        keyParameters: { name: "ECDSA", namedCurve: scheme.namedCurve },
        signingAlgorithm: { name: "ECDSA", hash: scheme.hash },
    };
}
