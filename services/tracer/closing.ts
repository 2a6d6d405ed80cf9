import type { Caller, EndReason } from "@encryption-in-transit/services-tls";

/** Why a socket is closed, as the client sees it: a close code and a short reason. @see RFC 6455, 7.4 */
export interface Closing {
    readonly code: number;
    readonly reason: string;
}

/** Codes from 4000 are an application's own; 4401 is to a socket what 401 is to a request: come back with other credentials. */
export const closings = {
    draining: { code: 1001, reason: "draining" },
    maxAge: { code: 1001, reason: "max_age" },
    peerExpired: { code: 1001, reason: "peer_certificate_expired" },
    protocol: { code: 1002, reason: "protocol_error" },
    notText: { code: 1003, reason: "not_text" },
    malformed: { code: 1007, reason: "malformed" },
    tooManyMessages: { code: 1008, reason: "too_many_messages" },
    tooManyFragments: { code: 1008, reason: "too_many_fragments" },
    tooBig: { code: 1009, reason: "message_too_big" },
    tokenExpired: { code: 4401, reason: "token_expired" },
    certificateExpired: { code: 4401, reason: "certificate_expired" },
    keyWithdrawn: { code: 4401, reason: "key_withdrawn" },
} as const satisfies Readonly<Record<string, Closing>>;

/** What the end of the connection below means to the client: behind the gateway the peer's certificate is not its own. */
export function closingOf(reason: EndReason, via: Caller["via"]): Closing {
    if (reason === "drain") return closings.draining;
    if (reason === "age") return closings.maxAge;
    return via === "direct" ? closings.certificateExpired : closings.peerExpired;
}

export interface CredentialsQuestion {
    /** `exp` of the token. */
    readonly tokenExpiresAt: Date;
    /** End of the certificate that the token is bound to. */
    readonly certificateNotAfter: Date;
    readonly at: Date;
}

/** When credentials end that hold now, in milliseconds, and which: who could not open a socket any more must not keep one open. */
export function credentialsEnd(question: CredentialsQuestion): Closing & { afterMs: number } {
    const { tokenExpiresAt, certificateNotAfter, at } = question;
    const first =
        certificateNotAfter < tokenExpiresAt ? closings.certificateExpired : closings.tokenExpired;
    const end = Math.min(certificateNotAfter.getTime(), tokenExpiresAt.getTime());
    return { ...first, afterMs: Math.min(Math.max(0, end - at.getTime()), longestTimerMs) };
}

/** Of a longer time Node makes a millisecond. A connection ends by its age long before. */
const longestTimerMs = 2 ** 31 - 1;
