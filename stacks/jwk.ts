import { createPublicKey } from "node:crypto";
import { z } from "zod";
import { level, list, text, unknownKey, word } from "./fields";

/** How a token may be signed: with a key pair, so that whoever checks cannot sign. @see RFC 7518, 3.1; RFC 8037, 3.1 */
export enum JwtAlgorithm {
    Es256 = "ES256",
    Es384 = "ES384",
    Ps256 = "PS256",
    Ps384 = "PS384",
    EdDsa = "EdDSA",
}

/** Members that only a private or a shared key has. @see RFC 7518, 6.2.2, 6.3.2 and 6.4.1; RFC 8037, 2 */
const privateMembers = ["d", "p", "q", "dp", "dq", "qi", "oth", "k"];

/** The value with the private parts of keys hidden, wherever they stand: what is wrong with a value is shown with the value. */
export function withoutPrivateKeys(value: unknown): unknown {
    if (Array.isArray(value)) return value.map(withoutPrivateKeys);
    if (typeof value === "string" && value.includes("PRIVATE KEY-----")) return "<secret>";
    if (typeof value !== "object" || value === null) return value;
    return Object.fromEntries(
        Object.entries(value).map(([name, inside]) => [
            name,
            privateMembers.includes(name) ? "<secret>" : withoutPrivateKeys(inside),
        ]),
    );
}

const base64Url = text("base64url without padding", "copy it from the issuer's own JWKS", (value) =>
    /^[A-Za-z0-9_-]{1,2048}$/.test(value),
);

const shape = {
    kty: word({ EC: "EC", OKP: "OKP", RSA: "RSA" }),
    kid: text(
        "1 to 128 printable characters without space",
        "copy it from the issuer's own JWKS",
        (value) => /^[!-~]{1,128}$/.test(value),
    ),
    alg: word(JwtAlgorithm).optional(),
    use: word({ sig: "sig" }).optional(),
    crv: word({ P256: "P-256", P384: "P-384", Ed25519: "Ed25519" }).optional(),
    x: base64Url.optional(),
    y: base64Url.optional(),
    n: base64Url.optional(),
    e: base64Url.optional(),
};

const known = Object.keys(shape);

/** One public key of a token issuer. Private members are refused by their names. @see RFC 7517, 4 */
const publicKey = z
    .strictObject(shape, {
        error: (issue) => {
            if (issue.code !== "unrecognized_keys")
                return `allowed an object with ${known.join(", ")}; write it as one`;
            return issue.keys.some((name) => privateMembers.includes(name))
                ? "allowed a public key; remove it, and replace the key pair, which is no longer secret"
                : unknownKey(known);
        },
    })
    .refine(isUsable, {
        error: "allowed a public key with the members that its kty has, RSA of 2048 bits or more; copy it from the issuer's own JWKS",
    });

export type PublicKey = z.output<typeof publicKey>;

/** The public keys of a token issuer. @see RFC 7517, 5 */
export const jwks = level({ keys: z.array(publicKey, list("public keys", "write []")) });

/** Asks OpenSSL itself. An RSA key of 2048 bits is the shortest. @see RFC 7518, 3.5 */
function isUsable(key: Readonly<Record<string, string | undefined>>): boolean {
    try {
        const { asymmetricKeyDetails } = createPublicKey({ key, format: "jwk" });
        return (asymmetricKeyDetails?.modulusLength ?? Infinity) >= 2048;
    } catch {
        return false;
    }
}

const rsa = (key: PublicKey) => key.kty === "RSA";
const curve = (name: PublicKey["crv"]) => (key: PublicKey) => key.crv === name;

const fits: Readonly<Record<JwtAlgorithm, (key: PublicKey) => boolean>> = {
    [JwtAlgorithm.Es256]: curve("P-256"),
    [JwtAlgorithm.Es384]: curve("P-384"),
    [JwtAlgorithm.Ps256]: rsa,
    [JwtAlgorithm.Ps384]: rsa,
    [JwtAlgorithm.EdDsa]: curve("Ed25519"),
};

/** Whether tokens of this algorithm can be checked with the key. */
export const fitsAlgorithm = (key: PublicKey, algorithm: JwtAlgorithm): boolean =>
    (key.alg === undefined || key.alg === algorithm) && fits[algorithm](key);
