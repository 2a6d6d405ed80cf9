import {
    createMetricsServer,
    createTlsServer,
    HttpConnections,
    ReloadingCertificate,
    type RunningService,
    serve,
    type ServiceDependencies,
    TlsMetrics,
} from "@encryption-in-transit/services-tls";
import { Registry } from "prom-client";
import { createApp } from "./app";
import { type Calls, openCalls } from "./calls";
import type { ApiConfig } from "./config";

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
    const { log } = dependencies;
    const close = async () => {
        await calls?.close();
        certificate.close();
    };
    const running = await serve(config, { server: api, metrics, connections, log, close });
    certificate.watch();
    return { ...running, certificate };
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
