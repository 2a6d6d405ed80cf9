import {
    type Clock,
    createMetricsServer,
    HttpConnections,
    listen,
    type Log,
    ReloadingCertificate,
    type RunningService,
    serveHealth,
    TlsMetrics,
} from "@encryption-in-transit/services-tls";
import { GrpcConnections } from "@encryption-in-transit/services-tls/grpcServer";
import { Server } from "@grpc/grpc-js";
import { Registry } from "prom-client";
import { createHandlers } from "./agentMesh";
import { Agents } from "./agents";
import type { AgentMeshConfig } from "./config";
import { methods } from "./definition";
import { auditing, authorising } from "./guard";

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

const messageBytesAtMost = 64 * 1024;

/** Starts everything that the pod runs. Throws one sentence where the certificate does not fit or a port is taken. */
export async function startService(
    config: AgentMeshConfig,
    dependencies: ServiceDependencies,
): Promise<Service> {
    const { certificate, calls, metrics, metricsServer } = createServers(config, dependencies);
    const port = await listen(calls.server, config.port);
    const metricsPort = await listen(metricsServer, config.metricsPort);
    let draining = false;
    const health = await serveHealth(config.healthSocket, () => !draining);
    certificate.watch();

    const drain = async () => {
        draining = true;
        const results = await Promise.all(
            [calls, metrics].map((each) => each.drain(config.drainSeconds)),
        );
        certificate.close();
        health.close();
        const cut = results.reduce((sum, result) => sum + result.cut, 0);
        dependencies.log.info({ event: "drained", cut }, "drained");
    };
    return { port, metricsPort, certificate, drain };
}

function createServers(config: AgentMeshConfig, dependencies: ServiceDependencies) {
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
    const limits = { maxAgeSeconds: config.connectionMaxAgeSeconds, ...dependencies };
    const tls = { certificate, policy, log };
    const grpc = createGrpcServer(config, dependencies, registry);
    const metricsServer = createMetricsServer({ ...tls, registry, clients });
    return {
        certificate,
        calls: new GrpcConnections(grpc, { ...tls, ...limits }),
        metricsServer,
        metrics: new HttpConnections(metricsServer, limits),
    };
}

function createGrpcServer(
    { allowedMethods }: AgentMeshConfig,
    { log, clock }: ServiceDependencies,
    registry: Registry,
): Server {
    const server = new Server({
        // The first is nearest to the wire, and so sees what the second refuses.
        interceptors: [auditing(log, clock), authorising(allowedMethods)],
        "grpc.max_receive_message_length": messageBytesAtMost,
        "grpc.max_concurrent_streams": 100,
        "grpc.enable_channelz": 0,
    });
    server.addService(
        { RegisterAgent: methods.RegisterAgent.server, RenewAgent: methods.RenewAgent.server },
        { ...createHandlers(new Agents(clock, registry), log) },
    );
    return server;
}
