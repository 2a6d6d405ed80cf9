import type * as pulumi from "@pulumi/pulumi";
import { z } from "zod";
import {
    KeyAlgorithm,
    tlsProfile,
    TlsProfileName,
    trustBundleKey,
    type Platform,
} from "../components";
import { tenantOutputs } from "./tenantContract";
import type { Settings } from "./settings";

/**
 * Changes where a consumer has to change. An output that is added changes nothing for those who do not read it; one that is taken away or
 * means something else is another version.
 */
export const contractVersion = 1;

const port = z.int().min(1).max(65535);

/** What a platform tells all its consumers: flat scalars, all public, trust and passwords by name. tenantContract.ts has what one tenant needs. */
export const contractSchema = z.strictObject({
    contractVersion: z.literal(contractVersion),
    environment: z.string(),
    domain: z.string(),
    namespace: z.string(),
    profile: z.enum(TlsProfileName),
    /** TLS 1.3 suites with colons between, most preferred first. */
    cipherSuites: z.string(),
    /** OpenSSL names with colons between, most preferred first. */
    groups: z.string(),
    issuerName: z.string(),
    issuerKind: z.string(),
    /** ConfigMap in the platform's and every tenant's namespace, and its key. */
    trustBundleName: z.string(),
    trustBundleKey: z.string(),
    gatewayHost: z.string(),
    gatewayPort: port,
    gatewayRedirectPort: port,
    gatewayIdentity: z.string(),
    gatewayServerSecret: z.string(),
    apiHost: z.string(),
    apiPort: port,
    apiServerSecret: z.string(),
    /** Secret of the certificate that the api shows to stores and services. */
    apiClientSecret: z.string(),
    /** Namespace of the stores, with their Secrets. */
    dataNamespace: z.string(),
    postgresHost: z.string(),
    postgresPort: port,
    postgresDatabase: z.string(),
    /** Role of the platform's own services, and the common name that its certificate must have. */
    postgresRole: z.string(),
    postgresServerSecret: z.string(),
    redisHost: z.string(),
    redisPort: port,
    redisServerSecret: z.string(),
    agentMeshHost: z.string(),
    agentMeshPort: port,
    agentMeshServerSecret: z.string(),
    /** Host of the tracer at the gateway, and the one inside the cluster with its port. */
    tracerHost: z.string(),
    tracerServiceHost: z.string(),
    tracerServicePort: port,
    tracerServerSecret: z.string(),
    verifierSecret: z.string(),
    verifierIdentity: z.string(),
    verifierImage: z.string(),
    leafLifetimeHours: z.int(),
    leafRenewBeforeHours: z.int(),
    leafAlgorithm: z.enum(KeyAlgorithm),
    /** Identity that may read metrics, `<service>.<namespace>.svc`. */
    monitoringIdentity: z.string(),
    /** Day for which the environment was built, and day of the next step of its certificate authority, `YYYY-MM-DD`. */
    pkiAsOf: z.string(),
    pkiNextDue: z.string(),
    pkiWorkloadGeneration: z.int(),
    /** End of the issuing intermediate, RFC 3339. */
    pkiWorkloadExpires: z.string(),
});

export type Contract = z.output<typeof contractSchema>;

/** The contract as a stack gives it away. */
export type ContractOutputs = { readonly [Key in keyof Contract]: pulumi.Input<Contract[Key]> };

/** Outputs of a stack that built a platform: the contract, and what each tenant needs. */
export function publish(
    platform: Platform,
    { config, pki }: Settings,
): ContractOutputs & Readonly<Record<`tenant.${string}`, string>> {
    const profile = tlsProfile(config.profile);
    return {
        contractVersion,
        environment: config.environment,
        domain: config.domain,
        namespace: config.namespace,
        profile: profile.name,
        cipherSuites: profile.cipherSuites.join(":"),
        groups: profile.groups.join(":"),
        issuerName: platform.issuer.issuerName,
        issuerKind: platform.issuer.issuerKind,
        trustBundleName: platform.trust.bundleName,
        trustBundleKey,
        ...servers(platform, config),
        verifierSecret: platform.verifier.secretName,
        verifierIdentity: platform.verifier.identity,
        verifierImage: config.verifier.image,
        leafLifetimeHours: config.leaf.lifetime,
        leafRenewBeforeHours: config.leaf.renewBefore,
        leafAlgorithm: config.leaf.algorithm,
        monitoringIdentity: config.monitoring.identity,
        pkiAsOf: pki.asOf,
        pkiNextDue: pki.nextDue,
        ...issuer(platform, pki),
        ...tenantOutputs(config.tenants),
    };
}

/** What signs the leaves. */
function issuer({ authorities }: Platform, { plans }: Settings["pki"]) {
    const { issuing } = plans.workload;
    const { expires } = authorities.workload;
    if (issuing === undefined || expires === undefined)
        throw new Error("the workloads' hierarchy does not issue, so there is no platform");
    return { pkiWorkloadGeneration: issuing, pkiWorkloadExpires: expires };
}

/** How each server is dialled, and the Secret of what it shows. */
const servers = (platform: Platform, config: Settings["config"]) => ({
    gatewayHost: platform.gatewayHost,
    gatewayPort: 443,
    gatewayRedirectPort: 80,
    gatewayIdentity: platform.gateway.identity,
    gatewayServerSecret: platform.gateway.serverSecretName,
    apiHost: platform.api.identity,
    apiPort: platform.api.port,
    apiServerSecret: platform.api.serverSecretName,
    apiClientSecret: platform.api.clientSecretName ?? "",
    dataNamespace: config.dataNamespace,
    postgresHost: platform.postgres.identity,
    postgresPort: platform.postgres.port,
    postgresDatabase: platform.database.name,
    postgresRole: platform.database.role,
    postgresServerSecret: platform.postgres.serverSecretName,
    redisHost: platform.redis.identity,
    redisPort: platform.redis.port,
    redisServerSecret: platform.redis.serverSecretName,
    agentMeshHost: platform.agentMesh.identity,
    agentMeshPort: platform.agentMesh.port,
    agentMeshServerSecret: platform.agentMesh.serverSecretName,
    tracerHost: platform.tracerHost,
    tracerServiceHost: platform.tracer.identity,
    tracerServicePort: platform.tracer.port,
    tracerServerSecret: platform.tracer.serverSecretName,
});
