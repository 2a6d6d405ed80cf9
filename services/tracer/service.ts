import {
    createMetricsServer,
    createTlsServer,
    HttpConnections,
    onUpgrade,
    ReloadingCertificate,
    type RunningService,
    serve,
    type ServiceDependencies,
    TlsMetrics,
} from "@encryption-in-transit/services-tls";
import { Registry } from "prom-client";
import type { TracerConfig } from "./config";
import { Front } from "./front";
import { IssuerKeys } from "./issuerKeys";
import { TracerMetrics } from "./metrics";
import { Streams } from "./streams";

export interface TracerDependencies extends ServiceDependencies {
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
    dependencies: TracerDependencies,
): Promise<Service> {
    const { certificate, keys, streams, front, tracer, metrics } = createServers(
        config,
        dependencies,
    );
    const limits = { maxAgeSeconds: config.connectionMaxAgeSeconds, ...dependencies };
    const connections = new HttpConnections(tracer, limits);
    const metricsConnections = new HttpConnections(metrics, limits);
    onUpgrade(tracer, { connections, log: dependencies.log, handle: front.upgrade });
    const running = await serve(config, {
        server: tracer,
        metrics,
        connections: [connections, metricsConnections],
        log: dependencies.log,
        close: async () => {
            await streams.ended();
            certificate.close();
            keys.close();
        },
    });
    certificate.watch();
    keys.watch();
    return { ...running, certificate, keys };
}

function createServers(config: TracerConfig, dependencies: TracerDependencies) {
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
    { log, clock, heartbeatMs = 25_000 }: TracerDependencies,
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
