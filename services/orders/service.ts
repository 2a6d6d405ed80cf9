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
import { createPool } from "@encryption-in-transit/services-tls/postgres";
import { Registry } from "prom-client";
import { createApp } from "./app";
import type { OrdersConfig } from "./config";
import { OrderTable } from "./orderTable";
import { PlatformApi } from "./platformApi";

/** Starts everything that the pod runs. Throws one sentence where a certificate does not fit or a port is taken. */
export async function startService(
    config: OrdersConfig,
    dependencies: ServiceDependencies,
): Promise<RunningService> {
    const { orders, metrics, close } = createServers(config, dependencies);
    const limits = { maxAgeSeconds: config.connectionMaxAgeSeconds, ...dependencies };
    const connections = [orders, metrics].map((server) => new HttpConnections(server, limits));
    const { log } = dependencies;
    return serve(config, { server: orders, metrics, connections, log, close });
}

function createServers(config: OrdersConfig, { log, clock, random }: ServiceDependencies) {
    const { policy, metricsClients: clients, allowedClients } = config;
    const registry = new Registry();
    const metrics = new TlsMetrics(registry);
    const common = { policy, log, clock };
    const server = new ReloadingCertificate({ files: config.files, metrics, ...common });
    const client = new ReloadingCertificate({
        files: config.clientFiles,
        use: "client",
        metrics: metrics.client(),
        ...common,
    });
    const pool = createPool({
        ...config.postgres,
        certificate: client,
        log,
        random,
        maxLifetimeSeconds: config.connectionMaxAgeSeconds,
    });
    const table = new OrderTable(pool);
    const api = new PlatformApi(config.api, client);
    for (const certificate of [server, client]) certificate.watch();
    const tls = { certificate: server, policy, log };
    return {
        orders: createTlsServer(tls, createApp({ allowedClients, table, api, log })),
        metrics: createMetricsServer({ ...tls, registry, clients }),
        close: async () => {
            await pool.end();
            server.close();
            client.close();
        },
    };
}
