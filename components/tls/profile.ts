/**
 * What an environment accepts on the wire. Every renderer writes it and every policy checks it; a cipher suite or a group is
 * named in this folder and nowhere else.
 */
export interface TlsProfile {
    readonly name: TlsProfileName;
    /** TLS 1.3 cipher suites, most preferred first. @see RFC 8446, B.4 */
    readonly cipherSuites: readonly string[];
    /** Key exchange groups, most preferred first, by their OpenSSL names. @see RFC 8446, 4.2.7 */
    readonly groups: readonly string[];
    /** Keys that a certificate may have, the default for leaves first. */
    readonly keyAlgorithms: readonly KeyAlgorithm[];
    /** What a handshake may be signed with, by the names of the registry. @see RFC 8446, 4.2.3 */
    readonly signatureAlgorithms: readonly string[];
}

/** An enum and not a union, so that components can be used from every Pulumi language. */
export enum TlsProfileName {
    /** TLS 1.3 as browsers and libraries speak it. */
    Modern = "modern",
    /** Approved algorithms only. That alone is not a validated module. @see SP 800-52r2, 3.3.1 */
    Fips = "fips",
}

/** A certificate's key: the algorithm with its curve or its size. */
export enum KeyAlgorithm {
    EcdsaP256 = "ECDSA-P256",
    EcdsaP384 = "ECDSA-P384",
    Rsa2048 = "RSA-2048",
    Rsa3072 = "RSA-3072",
}

const keyAlgorithms = [
    KeyAlgorithm.EcdsaP256,
    KeyAlgorithm.EcdsaP384,
    KeyAlgorithm.Rsa2048,
    KeyAlgorithm.Rsa3072,
];

const signatureAlgorithms = [
    "ecdsa_secp256r1_sha256",
    "ecdsa_secp384r1_sha384",
    "rsa_pss_rsae_sha256",
    "rsa_pss_rsae_sha384",
    "rsa_pss_rsae_sha512",
];

/** Not FIPS: ChaCha20-Poly1305 and X25519 are not approved. @see SP 800-52r2, 3.3.1 */
const modern: TlsProfile = {
    name: TlsProfileName.Modern,
    cipherSuites: [
        "TLS_AES_256_GCM_SHA384",
        "TLS_CHACHA20_POLY1305_SHA256",
        "TLS_AES_128_GCM_SHA256",
    ],
    groups: ["X25519", "prime256v1", "secp384r1"],
    keyAlgorithms,
    signatureAlgorithms,
};

const fips: TlsProfile = {
    name: TlsProfileName.Fips,
    cipherSuites: ["TLS_AES_256_GCM_SHA384", "TLS_AES_128_GCM_SHA256"],
    groups: ["prime256v1", "secp384r1"],
    keyAlgorithms,
    signatureAlgorithms,
};

const profiles: Readonly<Record<TlsProfileName, TlsProfile>> = {
    [TlsProfileName.Modern]: modern,
    [TlsProfileName.Fips]: fips,
};

/** The profile of that name. */
export const tlsProfile = (name: TlsProfileName): TlsProfile => profiles[name];
