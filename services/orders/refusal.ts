import { CallerRefusal, messageOf } from "@encryption-in-transit/services-tls";

/** An answer of no: the status and code that the client sees, and the reason that only the log does. */
export class Refusal extends Error {
    constructor(
        public readonly status: number,
        public readonly code: string,
        public readonly reason?: string,
    ) {
        super(code);
    }
}

/** Everything that is not known here is our own fault, but for what the body parser marks with a client's status. */
export function refusalOf(error: unknown): Refusal {
    if (error instanceof Refusal) return error;
    if (error instanceof CallerRefusal) return new Refusal(error.status, error.code, error.reason);
    const status = error instanceof Error && "status" in error ? error.status : undefined;
    if (typeof status === "number" && status >= 400 && status < 500)
        return new Refusal(status, "malformed");
    return new Refusal(500, "internal_error", messageOf(error));
}
