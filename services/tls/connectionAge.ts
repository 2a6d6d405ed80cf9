/** When a connection is asked to end, and when it is ended, in milliseconds from its start. */
export interface ConnectionSchedule {
    /** From here on the next response says `Connection: close`. */
    readonly retireMs: number;
    /** Here it is closed if no request is in flight; one in flight may still be answered. */
    readonly endMs: number;
    /** Here it is cut in any case. */
    readonly cutMs: number;
    /** What ends it. */
    readonly reason: "age" | "peer_expired";
}

export interface ConnectionAgeQuestion {
    readonly openedAt: Date;
    /** End of the peer certificate: who could not connect any more must not stay connected. */
    readonly peerNotAfter: Date;
    readonly maxAgeSeconds: number;
    /** From 0 to 1, spreads the ends of connections that began together over a tenth before and after the age. */
    readonly random: number;
}

const noticeMs = 10_000;
const graceMs = 5_000;

/** The earlier of the peer certificate's end and the maximum age, with notice, so that no request meets a closed door. */
export function connectionSchedule(question: ConnectionAgeQuestion): ConnectionSchedule {
    const { openedAt, peerNotAfter, maxAgeSeconds, random } = question;
    const ageMs = maxAgeSeconds * 1000 * (0.9 + 0.2 * random);
    const peerMs = Math.max(0, peerNotAfter.getTime() - openedAt.getTime());
    const endMs = Math.min(ageMs, peerMs);
    return {
        retireMs: endMs - Math.min(noticeMs, endMs / 10),
        endMs,
        cutMs: endMs + graceMs,
        reason: peerMs < ageMs ? "peer_expired" : "age",
    };
}
