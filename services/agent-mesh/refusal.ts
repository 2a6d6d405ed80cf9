import { type StatusObject, status } from "@grpc/grpc-js";

/** The codes that a client may rely on, each with the status that it comes with. */
const codes = {
    agent_not_registered: status.NOT_FOUND,
    client_cert_required: status.UNAUTHENTICATED,
    internal_error: status.INTERNAL,
    malformed: status.INVALID_ARGUMENT,
    method_not_allowed: status.PERMISSION_DENIED,
    too_many_agents: status.RESOURCE_EXHAUSTED,
} as const;

export type ErrorCode = keyof typeof codes;

/** An answer of no: the client sees status and code and nothing else. */
export class Refusal extends Error {
    constructor(public readonly code: ErrorCode) {
        super(code);
    }

    public get status(): Pick<StatusObject, "code" | "details"> {
        return { code: codes[this.code], details: this.code };
    }
}
