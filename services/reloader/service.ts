import { setTimeout as sleep } from "node:timers/promises";
import {
    createMetricsServer,
    HttpConnections,
    listen,
    type Log,
    ReloadingCertificate,
    type RunningService,
    serveHealth,
    type ServiceDependencies,
} from "@encryption-in-transit/services-tls";
import { Registry } from "prom-client";
import type { ReloaderConfig } from "./config";
import type { Daemon } from "./daemon";
import { ReloaderMetrics } from "./metrics";
import { postgresDaemon } from "./postgres";
import { RedisDaemon } from "./redis";
import { Reloader } from "./reloader";

/** Time between two turns: a change of the mounted files waits no longer. */
const turnMs = 1_000;

/** A turn that takes longer than all its timeouts together hangs. */
const hangMs = 60_000;

/**
 * Starts the sidecar. What it serves itself are metrics alone, by the certificate of its daemon.
 * Throws one sentence where that does not fit or a port is taken.
 */
export async function startReloader(
    config: ReloaderConfig,
    dependencies: ServiceDependencies,
): Promise<RunningService> {
    const { log, clock, random } = dependencies;
    const registry = new Registry();
    const metrics = new ReloaderMetrics(registry);
    const certificate = followCertificate(config, metrics, dependencies);
    const daemon = createDaemon(config, registry, log);
    const reloader = new Reloader({ ...config, daemon, certificate, metrics, log, clock });
    const server = createMetricsServer({
        certificate,
        policy: config.policy,
        log,
        registry,
        clients: config.metricsClients,
    });
    const connections = new HttpConnections(server, {
        maxAgeSeconds: config.connectionMaxAgeSeconds,
        clock,
        random,
    });
    const metricsPort = await listen(server, config.metricsPort);
    const turns = turning(reloader);
    const health = await serveHealth(config.healthSocket, turns.healthy);
    certificate.watch();
    const drain = async () => {
        await Promise.all([turns.stop(), connections.drain(config.drainSeconds)]);
        certificate.close();
        health.close();
    };
    return { port: metricsPort, metricsPort, drain };
}

/** The metrics of reloading are the daemon's, but it is here that a bad pair is found. */
function followCertificate(
    { files, policy }: ReloaderConfig,
    metrics: ReloaderMetrics,
    { log, clock }: ServiceDependencies,
): ReloadingCertificate {
    const ours = {
        serving: () => undefined,
        reloaded: () => undefined,
        failed: () => {
            metrics.failed();
        },
    };
    return new ReloadingCertificate({ files, policy, metrics: ours, log, clock });
}

function createDaemon(config: ReloaderConfig, registry: Registry, log: Log): Daemon {
    const { daemon, files, policy } = config;
    if (daemon.kind === "postgres") return postgresDaemon({ ...daemon, policy });
    return new RedisDaemon({ ...daemon, files, policy }, registry, log);
}

/** Turn after turn, never two at once. */
function turning(reloader: Reloader) {
    const stopped = new AbortController();
    let last = Date.now();
    const loop = (async () => {
        while (!stopped.signal.aborted) {
            await reloader.turn();
            last = Date.now();
            await sleep(turnMs, undefined, { signal: stopped.signal }).catch(() => undefined);
        }
    })();
    return {
        healthy: () => Date.now() - last < hangMs,
        stop: () => {
            stopped.abort();
            return loop;
        },
    };
}
