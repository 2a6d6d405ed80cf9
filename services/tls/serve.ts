import type { Server } from "node:net";
import type { DrainResult } from "./connections";
import type { TlsEnv } from "./env";
import { serveHealth } from "./health";
import { listen } from "./listen";
import type { Clock, Log } from "./log";
import type { RunningService } from "./process";

/** What a service does not make itself. */
export interface ServiceDependencies {
    readonly log: Log;
    readonly clock: Clock;
    /** From 0 to 1, for the jitter of connection ages. */
    readonly random: () => number;
}

export interface ServeSettings extends Pick<TlsEnv, "metricsPort" | "drainSeconds"> {
    readonly port: number;
    /** Unix socket of the health endpoint. */
    readonly healthSocket: string;
}

export interface ServedParts {
    readonly server: Server;
    readonly metrics: Server;
    /** Of both servers. */
    readonly connections: readonly {
        drain(deadlineSeconds: number): Promise<DrainResult>;
    }[];
    readonly log: Log;
    /** Frees what the service holds, once its connections have ended. */
    readonly close: () => Promise<void> | void;
}

/** Listens, and answers for the pod's health until it drains. Throws one sentence where a port is taken. */
export async function serve(
    { port, metricsPort, healthSocket, drainSeconds }: ServeSettings,
    { server, metrics, connections, log, close }: ServedParts,
): Promise<RunningService> {
    const bound = {
        port: await listen(server, port),
        metricsPort: await listen(metrics, metricsPort),
    };
    let draining = false;
    const health = await serveHealth(healthSocket, () => !draining);
    const drain = async () => {
        draining = true;
        const results = await Promise.all(connections.map((each) => each.drain(drainSeconds)));
        await close();
        health.close();
        const cut = results.reduce((sum, result) => sum + result.cut, 0);
        log.info({ event: "drained", cut }, "drained");
    };
    return { ...bound, drain };
}
