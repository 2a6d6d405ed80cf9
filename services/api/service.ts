import {
    type Clock,
    createMetricsServer,
    createTlsServer,
    HttpConnections,
    listen,
    type Log,
    ReloadingCertificate,
    type RunningService,
    serveHealth,
    TlsMetrics,
} from "@encryption-in-transit/services-tls";
import { Registry } from "prom-client";
import { createApp } from "./app";
import { type Calls, openCalls } from "./calls";
import type { ApiConfig } from "./config";

export interface ServiceDependencies {
    readonly log: Log;
    readonly clock: Clock;
    /** From 0 to 1, for the jitter of connection ages. */
    readonly random: () => number;
}

/** The service while it runs. */
export interface Service extends RunningService {
    readonly certificate: ReloadingCertificate;
}

/** Starts everything that the pod runs. Throws one sentence where the certificate does not fit or a port is taken. */
export async function startService(
    config: ApiConfig,
    dependencies: ServiceDependencies,
): Promise<Service> {
    const { certificate, calls, api, metrics } = createServers(config, dependencies);
    const limits = { maxAgeSeconds: config.connectionMaxAgeSeconds, ...dependencies };
    const connections = [new HttpConnections(api, limits), new HttpConnections(metrics, limits)];
    const port = await listen(api, config.port);
    const metricsPort = await listen(metrics, config.metricsPort);
    let draining = false;
    const health = await serveHealth(config.healthSocket, () => !draining);
    certificate.watch();

    const drain = async () => {
        draining = true;
        const results = await Promise.all(
            connections.map((each) => each.drain(config.drainSeconds)),
        );
        await calls?.close();
        certificate.close();
        health.close();
        const cut = results.reduce((sum, result) => sum + result.cut, 0);
        dependencies.log.info({ event: "drained", cut }, "drained");
    };
    return { port, metricsPort, certificate, drain };
}

function createServers(config: ApiConfig, dependencies: ServiceDependencies) {
    const { log, clock } = dependencies;
    const { files, policy, metricsClients: clients } = config;
    const registry = new Registry();
    const tlsMetrics = new TlsMetrics(registry);
    const certificate = new ReloadingCertificate({
        files,
        policy,
        metrics: tlsMetrics,
        log,
        clock,
    });
    const calls: Calls | undefined =
        config.calls &&
        openCalls({
            ...config,
            ...dependencies,
            config: config.calls,
            metrics: tlsMetrics.client(),
            registry,
        });
    const tls = { certificate, policy, log };
    const app = createApp({ ...config, log, clock, records: calls?.records });
    return {
        certificate,
        calls,
        api: createTlsServer(tls, app),
        metrics: createMetricsServer({ ...tls, registry, clients }),
    };
}
