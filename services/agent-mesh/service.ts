import {
    createMetricsServer,
    HttpConnections,
    ReloadingCertificate,
    type RunningService,
    serve,
    type ServiceDependencies,
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
    const running = await serve(config, {
        server: calls.server,
        metrics: metricsServer,
        connections: [calls, metrics],
        log: dependencies.log,
        close: () => {
            certificate.close();
        },
    });
    certificate.watch();
    return { ...running, certificate };
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
