import type { TLSSocket } from "node:tls";
import { type ConnectionSchedule, connectionSchedule } from "./connectionAge";
import type { Clock } from "./log";

export interface ConnectionSettings {
    /** Age at which a connection ends, give or take a tenth. */
    readonly maxAgeSeconds: number;
    readonly clock: Clock;
    /** From 0 to 1, `Math.random` outside tests. */
    readonly random: () => number;
}

/** Why a connection has to end, whatever its client wants. */
export type EndReason = ConnectionSchedule["reason"] | "drain";

/** What is done at each step of a connection's schedule. */
export interface ConnectionSteps {
    readonly retire: () => void;
    readonly end: (reason: EndReason) => void;
    readonly cut: () => void;
}

/** Takes the steps of a new connection's schedule, as far as it lives. */
export function followSchedule(
    socket: TLSSocket,
    settings: ConnectionSettings,
    steps: ConnectionSteps,
): void {
    const schedule = connectionSchedule({
        openedAt: settings.clock(),
        peerNotAfter: socket.getPeerX509Certificate()?.validToDate ?? new Date(0),
        maxAgeSeconds: settings.maxAgeSeconds,
        random: settings.random(),
    });
    const end = () => {
        steps.end(schedule.reason);
    };
    const timers = [
        setTimeout(steps.retire, schedule.retireMs),
        setTimeout(end, schedule.endMs),
        setTimeout(steps.cut, schedule.cutMs),
    ].map((timer) => timer.unref());
    socket.once("close", () => {
        timers.forEach(clearTimeout);
    });
}

/** Destroys a connection and waits until it is closed. */
export function destroy(socket: TLSSocket): Promise<void> {
    return new Promise((resolve) => {
        socket.once("close", () => {
            resolve();
        });
        socket.destroy();
    });
}
