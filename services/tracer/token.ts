import { createHash, type KeyObject, type X509Certificate } from "node:crypto";
import type { Clock } from "@encryption-in-transit/services-tls";
import { errors, type JWTPayload, jwtVerify } from "jose";
import type { TokenPolicy } from "./config";
import type { KeySet } from "./keySet";
import { Refusal } from "./refusal";

/** What is kept of a token once it has been believed. Never the token. */
export interface Token {
    /** `sub` */
    readonly subject: string;
    /** `jti`, by which the issuer's log and ours are joined. */
    readonly id: string;
    /** The key that signed it, and its `kid`. */
    readonly key: KeyObject;
    readonly keyId: string;
    readonly expiresAt: Date;
}

export interface TokenVerifierSettings extends Pick<
    TokenPolicy,
    "issuer" | "audience" | "algorithm"
> {
    /** The issuer's keys now. */
    readonly keys: () => KeySet;
    readonly clock: Clock;
}

/** What ends in a log: 1 to 128 printable characters. */
const loggable = /^[!-~]{1,128}$/;

/** The thumbprint by which a token names its certificate. @see RFC 8705, 3.1 */
export function thumbprintOf(certificate: X509Certificate): string {
    return createHash("sha256").update(certificate.raw).digest("base64url");
}

/**
 * Believes a token that the issuer signed with the pinned algorithm and a key it still publishes, that is for us, of now, and bound
 * to the certificate that the client has proven to hold.
 *
 * Throws a `Refusal` 401 `token_invalid`; its reason says which of these does not hold and quotes nothing of the token.
 *
 * @see RFC 7519; RFC 8725, 3; RFC 8705, 3
 */
export async function verifyToken(
    text: string,
    certificate: X509Certificate,
    settings: TokenVerifierSettings,
): Promise<Token> {
    const { payload, key, keyId } = await signedToken(text, settings);
    if (!isBoundTo(payload, certificate))
        throw invalid("cnf.x5t#S256 is not the thumbprint of the client's certificate");
    const { sub, jti, exp } = payload;
    const expiresAt = new Date((exp ?? 0) * 1000);
    if (typeof sub !== "string" || !loggable.test(sub))
        throw invalid("sub is not 1 to 128 printable characters");
    if (typeof jti !== "string" || !loggable.test(jti))
        throw invalid("jti is not 1 to 128 printable characters");
    if (Number.isNaN(expiresAt.getTime())) throw invalid("exp is not a date");
    return { subject: sub, id: jti, key, keyId, expiresAt };
}

/** Whether the issuer still publishes the key under its name. */
export function isPublished(
    { keys }: KeySet,
    { key, keyId }: Pick<Token, "key" | "keyId">,
): boolean {
    return keys.get(keyId)?.equals(key) ?? false;
}

/** No tolerance for clocks: an issuer that dates `nbf` at its own present is answered once ours has come there. */
async function signedToken(text: string, settings: TokenVerifierSettings) {
    const { issuer, audience, algorithm, keys, clock } = settings;
    const options = {
        issuer,
        audience,
        algorithms: [algorithm],
        requiredClaims: ["exp", "sub", "jti", "cnf"],
        currentDate: clock(),
    };
    let found: Pick<Token, "key" | "keyId"> | undefined;
    const keyOf = ({ kid: keyId = "" }: { kid?: string }): KeyObject => {
        const key = keys().keys.get(keyId);
        if (!key) throw withoutKey();
        found = { key, keyId };
        return key;
    };
    try {
        const { payload } = await jwtVerify(text, keyOf, options);
        // The keys may have been replaced while the signature was checked.
        if (!found || !isPublished(keys(), found)) throw withoutKey();
        return { payload, ...found };
    } catch (error) {
        throw error instanceof errors.JOSEError ? invalid(reasonOf(error)) : error;
    }
}

/** jose's code and, where a claim is at fault, its name: its sentences could one day quote what they judge. */
function reasonOf(error: errors.JOSEError): string {
    return error instanceof errors.JWTClaimValidationFailed || error instanceof errors.JWTExpired
        ? `${error.code} ${error.claim} ${error.reason}`
        : error.code;
}

function isBoundTo({ cnf }: JWTPayload, certificate: X509Certificate): boolean {
    return (
        typeof cnf === "object" &&
        cnf !== null &&
        "x5t#S256" in cnf &&
        cnf["x5t#S256"] === thumbprintOf(certificate)
    );
}

const invalid = (reason: string) => new Refusal(401, "token_invalid", reason);
const withoutKey = () => invalid("kid names no key of the issuer");
