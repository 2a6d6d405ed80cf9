import {
    CallerRefusal,
    type CallerRefusalCode,
    messageOf,
} from "@encryption-in-transit/services-tls";

/** The codes that a client may rely on. */
export type ErrorCode =
    | CallerRefusalCode
    | "internal_error"
    | "not_found"
    | "origin_not_allowed"
    | "query_not_allowed"
    | "subprotocol_not_allowed"
    | "token_invalid"
    | "token_required"
    | "too_many_sockets"
    | "upgrade_required";

/** An answer of no: the status and code that the client sees, and the reason that only the audit log does. */
export class Refusal extends Error {
    constructor(
        public readonly status: number,
        public readonly code: ErrorCode,
        public readonly reason?: string,
    ) {
        super(code);
    }
}

/** Everything that is not known here is our own fault. */
export function refusalOf(error: unknown): Refusal {
    if (error instanceof Refusal) return error;
    if (error instanceof CallerRefusal) return new Refusal(error.status, error.code, error.reason);
    return new Refusal(500, "internal_error", messageOf(error));
}

/** What an answer of this status owes its client beside the code. @see RFC 6750, 3; RFC 9110, 15.5.22 */
export function headersOf({ status, code }: Refusal): Readonly<Record<string, string>> {
    if (code === "token_required") return { "WWW-Authenticate": "Bearer" };
    if (code === "token_invalid") return { "WWW-Authenticate": 'Bearer error="invalid_token"' };
    if (status === 426) return { Upgrade: "websocket" };
    if (status === 429) return { "Retry-After": "1" };
    return {};
}
