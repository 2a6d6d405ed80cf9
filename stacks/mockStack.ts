import { KeyAlgorithm, TlsProfileName } from "../components";
import type { PlatformStack } from "./consumer";
import { contractVersion, type Contract } from "./contract";
import { tenantOutput, type TenantContract } from "./tenantContract";

/** A platform as it could be. */
export const sampleContract: Contract = {
    contractVersion,
    environment: "lab",
    domain: "local.bluefly.io",
    namespace: "llm-platform",
    profile: TlsProfileName.Modern,
    cipherSuites: "TLS_AES_256_GCM_SHA384:TLS_AES_128_GCM_SHA256",
    groups: "X25519:prime256v1",
    issuerName: "internal-ca",
    issuerKind: "ClusterIssuer",
    trustBundleName: "workload-trust",
    trustBundleKey: "ca.crt",
    gatewayHost: "gateway.local.bluefly.io",
    gatewayPort: 443,
    gatewayRedirectPort: 80,
    gatewayIdentity: "gateway.llm-platform.svc",
    gatewayServerSecret: "gateway-server",
    apiHost: "api.llm-platform.svc",
    apiPort: 3001,
    apiServerSecret: "api-server",
    apiClientSecret: "api-client",
    dataNamespace: "llm-platform-data",
    postgresHost: "postgres.llm-platform-data.svc",
    postgresPort: 5432,
    postgresDatabase: "llm_platform",
    postgresRole: "app_user",
    postgresServerSecret: "postgres-server",
    redisHost: "redis.llm-platform-data.svc",
    redisPort: 6380,
    redisServerSecret: "redis-server",
    agentMeshHost: "agent-mesh.llm-platform.svc",
    agentMeshPort: 50051,
    agentMeshServerSecret: "agent-mesh-server",
    tracerHost: "tracer.local.bluefly.io",
    tracerServiceHost: "tracer.llm-platform.svc",
    tracerServicePort: 3002,
    tracerServerSecret: "tracer-server",
    verifierSecret: "verifier-client",
    verifierIdentity: "verifier.llm-platform.svc",
    verifierImage: "verify:0.1.0",
    leafLifetimeHours: 2160,
    leafRenewBeforeHours: 720,
    leafAlgorithm: KeyAlgorithm.EcdsaP256,
    monitoringIdentity: "prometheus.monitoring.svc",
    pkiAsOf: "2026-11-24",
    pkiNextDue: "2027-08-01",
    pkiWorkloadGeneration: 1,
    pkiWorkloadExpires: "2027-11-24T00:00:00Z",
};

/** A tenant as it could be. */
export const sampleTenant: TenantContract = {
    namespace: "orders",
    database: "orders",
    databaseRole: "orders_app",
    databaseSecret: "postgres-credentials",
};

/**
 * Stands for a platform's stack in a consumer's tests, without an engine: a platform of plain values with the tenant `orders`. Any output
 * can be replaced; one that is undefined is not there.
 */
export function mockStack(changes: Readonly<Record<string, unknown>> = {}): PlatformStack {
    const tenant = Object.entries(sampleTenant).map(
        ([key, value]) => [tenantOutput("orders", key), value] as const,
    );
    const outputs: Readonly<Record<string, unknown>> = {
        ...sampleContract,
        ...Object.fromEntries(tenant),
        ...changes,
    };
    return {
        name: "organization/encryption-in-transit/lab",
        getOutputDetails: (name) => Promise.resolve({ value: outputs[name] }),
    };
}
