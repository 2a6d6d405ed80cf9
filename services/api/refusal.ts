import {
    CallerRefusal,
    type CallerRefusalCode,
    messageOf,
} from "@encryption-in-transit/services-tls";

/** The codes that a client may rely on. */
export type ErrorCode =
    CallerRefusalCode | "internal_error" | "not_found" | "payload_too_large" | "store_unavailable";

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

/** Express' body parser marks its errors with a type; everything that is not known here is our own fault. */
export function refusalOf(error: unknown): Refusal {
    if (error instanceof Refusal) return error;
    if (error instanceof CallerRefusal) {
        return new Refusal(error.status, error.code, error.reason);
    }
    const type = error instanceof Error && "type" in error ? error.type : undefined;
    if (type === "entity.too.large") return new Refusal(413, "payload_too_large");
    const status = error instanceof Error && "status" in error ? error.status : undefined;
    if (typeof status === "number" && status >= 400 && status < 500) {
        return new Refusal(400, "malformed", typeof type === "string" ? type : undefined);
    }
    return new Refusal(500, "internal_error", messageOf(error));
}
