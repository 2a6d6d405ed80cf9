/** The TLS 1.3 cipher suites there are, by their number. @see RFC 8446, appendix B.4 */
export const cipherSuites: Readonly<Record<string, number>> = {
    TLS_AES_128_GCM_SHA256: 0x1301,
    TLS_AES_256_GCM_SHA384: 0x1302,
    TLS_CHACHA20_POLY1305_SHA256: 0x1303,
    TLS_AES_128_CCM_SHA256: 0x1304,
    TLS_AES_128_CCM_8_SHA256: 0x1305,
};

/** Groups that a server might agree on, under OpenSSL's names. @see the IANA registry "TLS Supported Groups" */
export const groups: Readonly<Record<string, number>> = {
    secp192r1: 19,
    secp224r1: 21,
    secp256k1: 22,
    prime256v1: 23,
    secp384r1: 24,
    secp521r1: 25,
    X25519: 29,
    X448: 30,
    brainpoolP256r1tls13: 31,
    brainpoolP384r1tls13: 32,
    brainpoolP512r1tls13: 33,
    ffdhe2048: 256,
    ffdhe3072: 257,
    ffdhe4096: 258,
    ffdhe6144: 259,
    ffdhe8192: 260,
    MLKEM512: 512,
    MLKEM768: 513,
    MLKEM1024: 514,
    SecP256r1MLKEM768: 4587,
    X25519MLKEM768: 4588,
    SecP384r1MLKEM1024: 4589,
};

/**
 * Suites of SSL 3.0 to TLS 1.2: ECDHE, DHE and RSA key exchange with every bulk cipher that was in wide use. Offered together, so
 * that a server which speaks an older version at all finds one it likes.
 */
export const olderCipherSuites: readonly number[] = [
    0xc02b, 0xc02c, 0xc02f, 0xc030, 0xcca8, 0xcca9, 0xccaa, 0xc023, 0xc024, 0xc027, 0xc028, 0xc009,
    0xc00a, 0xc013, 0xc014, 0x009e, 0x009f, 0x0067, 0x006b, 0x0033, 0x0039, 0x009c, 0x009d, 0x003c,
    0x003d, 0x002f, 0x0035, 0xc008, 0xc012, 0x0016, 0x000a, 0xc007, 0xc011, 0x0005, 0x0004,
];

/** Signature algorithms offered with every hello: all that a certificate in use could need. @see RFC 8446, section 4.2.3 */
export const signatureAlgorithms: readonly number[] = [
    0x0403, 0x0503, 0x0603, 0x0804, 0x0805, 0x0806, 0x0809, 0x080a, 0x080b, 0x0807, 0x0808, 0x0401,
    0x0501, 0x0601, 0x0203, 0x0201,
];

/** Protocol versions by the name that people use. */
export const versions = {
    "SSL 3.0": 0x0300,
    "TLS 1.0": 0x0301,
    "TLS 1.1": 0x0302,
    "TLS 1.2": 0x0303,
    "TLS 1.3": 0x0304,
} as const;

export type Version = keyof typeof versions;

const alerts: Readonly<Record<number, string>> = {
    0: "close_notify",
    10: "unexpected_message",
    40: "handshake_failure",
    42: "bad_certificate",
    43: "unsupported_certificate",
    45: "certificate_expired",
    46: "certificate_unknown",
    47: "illegal_parameter",
    48: "unknown_ca",
    49: "access_denied",
    50: "decode_error",
    70: "protocol_version",
    71: "insufficient_security",
    80: "internal_error",
    109: "missing_extension",
    112: "unrecognized_name",
    116: "certificate_required",
    120: "no_application_protocol",
};

/** The name of an alert, as in "alert 70 protocol_version". @see the IANA registry "TLS Alerts" */
export function alertName(description: number): string {
    return `alert ${description} ${alerts[description] ?? "unassigned"}`;
}

/** The name under which a number stands in a table, or the number in hexadecimal. */
export function nameOf(table: Readonly<Record<string, number>>, code: number): string {
    const found = Object.entries(table).find(([, number]) => number === code);
    return found ? found[0] : `0x${code.toString(16).padStart(4, "0")}`;
}
