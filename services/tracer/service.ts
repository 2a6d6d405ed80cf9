import {
    type Clock,
    createMetricsServer,
    createTlsServer,
    HttpConnections,
    listen,
    type Log,
    onUpgrade,
    ReloadingCertificate,
    type RunningService,
    serveHealth,
    TlsMetrics,
} from "@encryption-in-transit/services-tls";
import { Registry } from "prom-client";
import type { TracerConfig } from "./config";
import { Front } from "./front";
import { IssuerKeys } from "./issuerKeys";
import { TracerMetrics } from "./metrics";
import { Streams } from "./streams";

export interface ServiceDependencies {
    readonly log: Log;
    readonly clock: Clock;
    /** From 0 to 1, for the jitter of connection ages. */
    readonly random: () => number;
    /** How often a client must show that it is there, in milliseconds. Default 25,000: nginx gives up after 60 s of silence. */
    readonly heartbeatMs?: number;
}

/** The service while it runs. */
export interface Service extends RunningService {
    readonly certificate: ReloadingCertificate;
    readonly keys: IssuerKeys;
}

/** Starts everything that the pod runs. Throws one sentence where certificate or keys do not fit or a port is taken. */
export async function startService(
    config: TracerConfig,
    dependencies: ServiceDependencies,
): Promise<Service> {
    const { certificate, keys, streams, front, tracer, metrics } = createServers(
        config,
        dependencies,
    );
    const limits = { maxAgeSeconds: config.connectionMaxAgeSeconds, ...dependencies };
    const connections = new HttpConnections(tracer, limits);
    const metricsConnections = new HttpConnections(metrics, limits);
    onUpgrade(tracer, { connections, log: dependencies.log, handle: front.upgrade });
    const port = await listen(tracer, config.port);
    const metricsPort = await listen(metrics, config.metricsPort);
    let draining = false;
    const health = await serveHealth(config.healthSocket, () => !draining);
    certificate.watch();
    keys.watch();

    const drain = async () => {
        draining = true;
        const results = await Promise.all(
            [connections, metricsConnections].map((each) => each.drain(config.drainSeconds)),
        );
        await streams.ended();
        certificate.close();
        keys.close();
        health.close();
        const cut = results.reduce((sum, result) => sum + result.cut, 0);
        dependencies.log.info({ event: "drained", cut }, "drained");
    };
    return { port, metricsPort, certificate, keys, drain };
}

function createServers(config: TracerConfig, dependencies: ServiceDependencies) {
    const { log, clock } = dependencies;
    const { files, policy, metricsClients: clients } = config;
    const registry = new Registry();
    const certificate = new ReloadingCertificate({
        files,
        policy,
        metrics: new TlsMetrics(registry),
        log,
        clock,
    });
    const { front, keys, streams } = createFront(config, dependencies, registry);
    const tls = { certificate, policy, log };
    return {
        certificate,
        keys,
        streams,
        front,
        tracer: createTlsServer(tls, front.listener),
        metrics: createMetricsServer({ ...tls, registry, clients }),
    };
}

function createFront(
    config: TracerConfig,
    { log, clock, heartbeatMs = 25_000 }: ServiceDependencies,
    registry: Registry,
) {
    const metrics = new TracerMetrics(registry);
    const streams = new Streams({ ...config, heartbeatMs, metrics, clock });
    const keys = new IssuerKeys({
        file: config.jwksFile,
        algorithm: config.algorithm,
        metrics,
        log,
        changed: (next) => {
            streams.keepOnly(next);
        },
    });
    const front = new Front({
        ...config,
        keys: () => keys.current,
        streams,
        metrics,
        log,
        clock,
    });
    return { front, keys, streams };
}
