import type { KeyObject } from "node:crypto";

/** How a token may be signed: with a key pair, so that whoever checks cannot sign. @see RFC 7518, 3.1; RFC 8037, 3.1 */
export const algorithms = ["ES256", "ES384", "PS256", "PS384", "EdDSA"] as const;

export type Algorithm = (typeof algorithms)[number];

/** Whether a public key can check signatures of the algorithm. RSA needs 2048 bits. @see RFC 7518, 3.5 */
export function fits(key: KeyObject, algorithm: Algorithm): boolean {
    const { namedCurve, modulusLength = 0 } = key.asymmetricKeyDetails ?? {};
    switch (algorithm) {
        case "ES256":
            return key.asymmetricKeyType === "ec" && namedCurve === "prime256v1";
        case "ES384":
            return key.asymmetricKeyType === "ec" && namedCurve === "secp384r1";
        case "PS256":
        case "PS384":
            return key.asymmetricKeyType === "rsa" && modulusLength >= 2048;
        case "EdDSA":
            return key.asymmetricKeyType === "ed25519";
    }
}
