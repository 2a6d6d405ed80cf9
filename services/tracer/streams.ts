import type { Clock, EndReason } from "@encryption-in-transit/services-tls";
import type { WebSocket } from "ws";
import type { Admission } from "./admission";
import type { Audit } from "./audit";
import { type Closing, closingOf, closings, credentialsEnd } from "./closing";
import type { StreamLimits } from "./config";
import type { KeySet } from "./keySet";
import { MessageRate } from "./messageRate";
import type { TracerMetrics } from "./metrics";
import { Refusal } from "./refusal";
import { Stream } from "./stream";
import { isPublished } from "./token";

export interface StreamsSettings extends Pick<
    StreamLimits,
    "maxMessagesPerSecond" | "maxSocketsPerIdentity"
> {
    /** How often a client must show that it is there, in milliseconds. */
    readonly heartbeatMs: number;
    readonly metrics: Pick<TracerMetrics, "opened" | "closed" | "acknowledged">;
    readonly clock: Clock;
}

/** Every open socket, and who has it. */
export class Streams {
    readonly #open = new Map<Stream, Admission>();
    readonly #settings: StreamsSettings;

    constructor(settings: StreamsSettings) {
        this.#settings = settings;
    }

    /** Throws a `Refusal` where the identity has all the sockets that it may have. */
    public requireRoom(identity: string): void {
        const open = [...this.#open.values()].filter((other) => other.identity === identity);
        if (open.length >= this.#settings.maxSocketsPerIdentity)
            throw new Refusal(429, "too_many_sockets", `${open.length} are open`);
    }

    /** Serves a socket until it ends; what is returned ends it when the connection below has to. */
    public open(
        socket: WebSocket,
        admission: Admission,
        audit: Audit,
    ): (reason: EndReason) => void {
        const { metrics, clock, heartbeatMs, maxMessagesPerSecond } = this.#settings;
        const stream = new Stream(socket, {
            end: credentialsEnd({
                tokenExpiresAt: admission.token.expiresAt,
                certificateNotAfter: admission.certificate.validToDate,
                at: clock(),
            }),
            rate: new MessageRate(maxMessagesPerSecond, () => performance.now()),
            heartbeatMs,
            acknowledged: () => {
                metrics.acknowledged();
            },
            closed: (closing: Closing, events: number) => {
                this.#open.delete(stream);
                metrics.closed(closing.reason);
                audit.closed(closing, events);
            },
        });
        this.#open.set(stream, admission);
        metrics.opened();
        audit.opened();
        return (reason) => {
            stream.close(closingOf(reason, admission.via));
        };
    }

    /** Resolves when the sockets that are open now have ended, and the audit log says so. */
    public async ended(): Promise<void> {
        await Promise.all([...this.#open.keys()].map((stream) => stream.ended));
    }

    /** Closes every socket whose token was signed with a key that the issuer has withdrawn. */
    public keepOnly(keys: KeySet): void {
        for (const [stream, { token }] of this.#open)
            if (!isPublished(keys, token)) stream.close(closings.keyWithdrawn);
    }
}
