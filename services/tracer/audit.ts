import type { IncomingMessage } from "node:http";
import {
    type Caller,
    type Clock,
    type Log,
    peerIdentity,
    requestIdOf,
} from "@encryption-in-transit/services-tls";
import type { Closing } from "./closing";
import { healthPath, streamPath } from "./paths";
import type { Refusal } from "./refusal";
import type { Token } from "./token";

/**
 * The audit trail of one request, and of the socket that it opens: who did what with which token, when, from where, how it ended.
 * Of a token only `sub`, `jti` and `kid` are written, of a path only those that exist: a token may be in any other.
 *
 * @see NIST SP 800-53, AU-3
 */
export class Audit {
    readonly requestId: string;
    /** Who asks, once that is known. */
    caller?: Caller;
    /** What it may do, once that is known. */
    token?: Token;
    readonly #log: Log;
    readonly #clock: Clock;
    readonly #startedAt: Date;
    readonly #what: object;

    constructor(
        request: IncomingMessage,
        settings: { readonly log: Log; readonly clock: Clock; readonly gatewayIdentity: string },
    ) {
        const peer = peerIdentity(request);
        this.#log = settings.log;
        this.#clock = settings.clock;
        this.#startedAt = settings.clock();
        this.requestId = requestIdOf(request, peer === settings.gatewayIdentity);
        const path = request.url?.split("?")[0];
        this.#what = {
            peer,
            // Gone once the socket is destroyed.
            address: request.socket.remoteAddress,
            method: request.method,
            path: path === streamPath || path === healthPath ? path : "other",
        };
    }

    /** The request was answered without a socket; 2xx is a health check. */
    public answered(status: number, refusal?: Refusal): void {
        const outcome = refusal ? (refusal.status < 500 ? "refused" : "failed") : "allowed";
        const fields = {
            event: "request",
            ...this.#who(),
            status,
            outcome,
            code: refusal?.code,
            reason: refusal?.reason,
        };
        if (refusal) this.#log.warn(fields, "request");
        else this.#log.info(fields, "request");
    }

    public opened(): void {
        this.#log.info({ event: "stream_opened", ...this.#who() }, "stream opened");
    }

    /** @param events span events that were acknowledged. */
    public closed(closing: Closing, events: number): void {
        const fields = {
            event: "stream_closed",
            ...this.#who(),
            ...closing,
            events,
            durationMs: this.#clock().getTime() - this.#startedAt.getTime(),
        };
        this.#log.info(fields, "stream closed");
    }

    #who() {
        return {
            requestId: this.requestId,
            identity: this.caller?.identity,
            via: this.caller?.via,
            subject: this.token?.subject,
            jti: this.token?.id,
            keyId: this.token?.keyId,
            ...this.#what,
        };
    }
}
