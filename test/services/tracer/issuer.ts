import {
    createHash,
    generateKeyPairSync,
    type JsonWebKey,
    sign,
    X509Certificate,
} from "node:crypto";
import type { Credential } from "../pki";

export type Claims = Readonly<Record<string, unknown>>;

export const issuerName = "https://issuer.local.bluefly.io";
export const audience = "tracer.local.bluefly.io";

/** A compact JWS made by hand, so that what the service believes is not judged by the library that it uses. */
export function compact(
    header: object,
    claims: unknown,
    signature: (input: string) => Buffer,
): string {
    const input = [header, claims].map((part) => encoded(JSON.stringify(part))).join(".");
    return `${input}.${signature(input).toString("base64url")}`;
}

const encoded = (text: string) => Buffer.from(text).toString("base64url");

/** Signs tokens with a key of its own, P-256 unless said otherwise. */
export class Issuer {
    private readonly keys: ReturnType<typeof generateKeyPairSync>;

    constructor(
        public readonly keyId: string,
        namedCurve: "P-256" | "P-384" = "P-256",
    ) {
        this.keys = generateKeyPairSync("ec", { namedCurve });
    }

    /** The public key as it stands in a key set. */
    public get jwk(): JsonWebKey & { kid: string } {
        return { ...this.keys.publicKey.export({ format: "jwk" }), kid: this.keyId };
    }

    /** The private key in the same form: what must never be in a key set. */
    public get privateJwk(): JsonWebKey & { kid: string } {
        return { ...this.keys.privateKey.export({ format: "jwk" }), kid: this.keyId };
    }

    public get publicPem(): string {
        return this.keys.publicKey.export({ format: "pem", type: "spki" }).toString();
    }

    public token(claims: unknown, header: object = {}): string {
        return compact({ alg: "ES256", kid: this.keyId, ...header }, claims, (input) =>
            sign("sha256", Buffer.from(input), {
                key: this.keys.privateKey,
                dsaEncoding: "ieee-p1363",
            }),
        );
    }
}

/** The text of a key set. */
export const keySet = (...issuers: readonly Issuer[]) =>
    JSON.stringify({ keys: issuers.map(({ jwk }) => jwk) });

/** RFC 8705, 3.1 */
export const thumbprint = ({ certificate }: Pick<Credential, "certificate">) =>
    createHash("sha256").update(new X509Certificate(certificate).raw).digest("base64url");

/** Seconds since 1970, as tokens have them. */
export const inSeconds = (seconds: number) => Math.floor(Date.now() / 1000) + seconds;

/** What a good token for the holder of a certificate says; valid for ten minutes. */
export function claimsFor(
    credential: Pick<Credential, "certificate">,
    changes: Claims = {},
): Claims {
    return {
        iss: issuerName,
        aud: audience,
        sub: "agent-7",
        jti: "token-1",
        iat: inSeconds(-1),
        nbf: inSeconds(-1),
        exp: inSeconds(600),
        cnf: { "x5t#S256": thumbprint(credential) },
        ...changes,
    };
}

/** The claims without some of them. */
export function without(claims: Claims, ...names: readonly string[]): Claims {
    return Object.fromEntries(Object.entries(claims).filter(([name]) => !names.includes(name)));
}
