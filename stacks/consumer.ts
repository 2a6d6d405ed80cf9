import * as pulumi from "@pulumi/pulumi";
import { contractSchema, contractVersion, type Contract, type StackOutputs } from "./contract";

/** Reads a platform's contract from a reference to its stack; the errors are those of `parseContract`, in the output. */
export function readContract(stack: StackOutputs): pulumi.Output<Contract> {
    const names = Object.keys(contractSchema.shape);
    return pulumi
        .all(names.map((name) => stack.requireOutput(name)))
        .apply((values) =>
            parseContract(Object.fromEntries(names.map((name, index) => [name, values[index]]))),
        );
}

/**
 * Checks a platform's outputs.
 *
 * @throws an error that names the version, if it is another one, else each output that is missing or of another type
 */
export function parseContract(outputs: Readonly<Record<string, unknown>>): Contract {
    if (outputs.contractVersion !== contractVersion)
        throw new Error(
            `[contractVersion] is ${String(outputs.contractVersion)}; allowed ${contractVersion}; use the module of the platform's own version`,
        );
    return contractSchema.parse(outputs);
}

/** A platform as it could be. */
export const sampleContract: Contract = {
    contractVersion,
    environment: "lab",
    domain: "local.bluefly.io",
    namespace: "llm-platform",
    profile: "modern",
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
    pkiAsOf: "2026-11-24",
    pkiNextDue: "2027-08-01",
    pkiWorkloadGeneration: 1,
    pkiWorkloadExpires: "2027-11-24T00:00:00Z",
};

/** Stands for a StackReference in a consumer's tests: a platform of plain values, of which any can be replaced. */
export function mockStack(changes: Partial<Contract> = {}): StackOutputs {
    const outputs: Readonly<Record<string, unknown>> = { ...sampleContract, ...changes };
    return { requireOutput: (name) => pulumi.output(outputs[name]) };
}
