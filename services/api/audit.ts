import type { IncomingMessage, ServerResponse } from "node:http";
import type { Caller, Clock, Log } from "@encryption-in-transit/services-tls";
import type { Refusal } from "./refusal";

/** What is known about a request by the time it ends. */
export interface AuditEntry {
    readonly requestId: string;
    /** Identity of the TLS peer: the gateway, or the client itself. */
    readonly peer: string | undefined;
    caller?: Caller;
    refusal?: Refusal;
}

/**
 * Writes one line for a request when it ends: who did what, when, from where, how it ended. The path is without its query, and
 * no header, body or certificate is written: a token or a personal detail may be in any of them.
 *
 * @see NIST SP 800-53, AU-3
 */
export function auditRequest(
    log: Log,
    clock: Clock,
    request: IncomingMessage,
    response: ServerResponse,
    entry: AuditEntry,
): void {
    const startedAt = clock();
    // Gone once the socket is destroyed.
    const address = request.socket.remoteAddress;
    response.once("close", () => {
        const fields = {
            event: "request",
            requestId: entry.requestId,
            identity: entry.caller?.identity,
            via: entry.caller?.via,
            peer: entry.peer,
            address,
            method: request.method,
            path: request.url?.split("?")[0]?.slice(0, 256),
            status: response.statusCode,
            outcome: outcomeOf(response, entry),
            code: entry.refusal?.code,
            reason: entry.refusal?.reason,
            durationMs: clock().getTime() - startedAt.getTime(),
        };
        if (fields.outcome === "allowed") log.info(fields, "request");
        else log.warn(fields, "request");
    });
}

function outcomeOf(response: ServerResponse, { refusal }: AuditEntry): string {
    if (!response.writableFinished) return "aborted";
    if (!refusal) return "allowed";
    return refusal.status < 500 ? "refused" : "failed";
}
