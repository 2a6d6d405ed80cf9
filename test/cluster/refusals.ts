import type { Outcome } from "./harness/hop";
import type { HopName } from "./harness/hops/platformHops";

/** The attacks that every hop has to refuse. */
export type Attack =
    | "plaintext"
    | "TLS 1.2"
    | "a cipher suite outside the profile"
    | "a group outside the profile"
    | "no certificate"
    | "a certificate of another CA of the same name"
    | "an expired certificate"
    | "a certificate that is not valid yet"
    | "the right CA and a wrong name"
    | "a leaf without its intermediate"
    | "an unknown host name";

/** What a client sees, and what the server logs as its reason where the client is not told. */
export interface Refusal {
    readonly seen: Outcome;
    readonly logged?: string;
}

export const answered = (status: number, body: string): Outcome => ({
    kind: "answered",
    status,
    body: expect.stringContaining(body) as unknown as string,
});

const refused = (reason: string): Refusal => ({ seen: { kind: "refused", reason } });

const version = refused("ERR_SSL_TLSV1_ALERT_PROTOCOL_VERSION");
const nothingShared = refused("ERR_SSL_SSL/TLS_ALERT_HANDSHAKE_FAILURE");
const notAllowed: Refusal = { seen: answered(403, "identity_not_allowed") };

/** nginx finishes the handshake and answers inside it; why the certificate was refused stands in its log. */
const nginxRefusal = (verified: string): Refusal => ({
    seen: answered(400, "The SSL certificate error"),
    logged: `"clientVerified":"FAILED:${verified}"`,
});

const nginx: Readonly<Record<Attack, Refusal>> = {
    plaintext: { seen: answered(400, "The plain HTTP request was sent to HTTPS port") },
    "TLS 1.2": version,
    "a cipher suite outside the profile": nothingShared,
    "a group outside the profile": nothingShared,
    "no certificate": {
        seen: answered(400, "No required SSL certificate was sent"),
        logged: '"clientVerified":"NONE"',
    },
    "a certificate of another CA of the same name": nginxRefusal(
        "self-signed certificate in certificate chain",
    ),
    "an expired certificate": nginxRefusal("certificate has expired"),
    "a certificate that is not valid yet": nginxRefusal("certificate is not yet valid"),
    "the right CA and a wrong name": notAllowed,
    "a leaf without its intermediate": nginxRefusal("unable to verify the first certificate"),
    "an unknown host name": refused("ERR_SSL_TLSV1_UNRECOGNIZED_NAME"),
};

const logging = (refusal: Refusal, reason: string): Refusal => ({
    ...refusal,
    logged: `"handshake_refused","reason":"${reason}"`,
});

/** Node ends the connection without an alert when it does not accept a certificate. */
const nodeRefusal = (reason: string): Refusal => logging(refused("closed"), reason);

const node = (more: Pick<Record<Attack, Refusal>, "the right CA and a wrong name" | "plaintext">) =>
    ({
        "TLS 1.2": version,
        "a cipher suite outside the profile": logging(nothingShared, "ERR_SSL_NO_SHARED_CIPHER"),
        "a group outside the profile": logging(nothingShared, "ERR_SSL_NO_SUITABLE_KEY_SHARE"),
        "no certificate": refused("ERR_SSL_TLSV13_ALERT_CERTIFICATE_REQUIRED"),
        "a certificate of another CA of the same name": nodeRefusal("SELF_SIGNED_CERT_IN_CHAIN"),
        "an expired certificate": nodeRefusal("CERT_HAS_EXPIRED"),
        "a certificate that is not valid yet": nodeRefusal("CERT_NOT_YET_VALID"),
        "a leaf without its intermediate": nodeRefusal("UNABLE_TO_VERIFY_LEAF_SIGNATURE"),
        "an unknown host name": logging(refused("ECONNRESET"), "unrecognized_name"),
        ...more,
    }) as const;

const https = node({
    plaintext: logging(refused("ECONNRESET"), "ERR_SSL_HTTP_REQUEST"),
    "the right CA and a wrong name": notAllowed,
});

/** OpenSSL in a daemon sends the alert that fits; the name that is asked for in a handshake means nothing to either. */
const daemon = {
    "TLS 1.2": version,
    "a cipher suite outside the profile": nothingShared,
    "a group outside the profile": nothingShared,
    "a certificate of another CA of the same name": refused("ERR_SSL_TLSV1_ALERT_UNKNOWN_CA"),
    "an expired certificate": refused("ERR_SSL_SSL/TLS_ALERT_CERTIFICATE_EXPIRED"),
    "a certificate that is not valid yet": refused("ERR_SSL_SSL/TLS_ALERT_BAD_CERTIFICATE"),
    "a leaf without its intermediate": refused("ERR_SSL_TLSV1_ALERT_UNKNOWN_CA"),
    // The client refuses, as verify-full has it.
    "an unknown host name": refused("ERR_TLS_CERT_ALTNAME_INVALID"),
} as const;

export const refusals: Readonly<Record<HopName, Readonly<Record<Attack, Refusal>>>> = {
    gateway: nginx,
    gatewayTracer: nginx,
    api: https,
    tracer: https,
    agentMesh: node({
        plaintext: logging(refused("closed"), "ERR_SSL_WRONG_VERSION_NUMBER"),
        // PERMISSION_DENIED
        "the right CA and a wrong name": { seen: answered(7, "method_not_allowed") },
    }),
    postgres: {
        ...daemon,
        // invalid_authorization_specification: the last line of pg_hba.conf, and a hostssl line that demands a certificate
        plaintext: refused("28000"),
        "no certificate": refused("28000"),
        // invalid_password: what is told of a common name that is not the role's
        "the right CA and a wrong name": {
            ...refused("28P01"),
            logged: 'certificate validation (clientcert=verify-full) failed for user "app_user": CN mismatch',
        },
    },
    redis: {
        ...daemon,
        plaintext: refused("closed"),
        "no certificate": refused("ERR_SSL_TLSV13_ALERT_CERTIFICATE_REQUIRED"),
        // It reads no names in certificates: who has one of ours but no password is nobody.
        "the right CA and a wrong name": { seen: answered(403, "-NOAUTH") },
    },
};
