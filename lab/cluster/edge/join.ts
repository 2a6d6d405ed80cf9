import type { Socket } from "node:net";

/** Joins two connections: each end of stream is passed on, and one that breaks off before both streams are done ends the other. */
export function join(left: Socket, right: Socket): void {
    for (const [from, to] of [
        [left, right],
        [right, left],
    ] as const) {
        from.setNoDelay();
        from.pipe(to);
        // After an error comes `close`, which ends the other.
        from.on("error", () => undefined);
        from.on("close", () => {
            if (!from.readableEnded || !from.writableFinished) to.destroy();
        });
    }
}
