import type * as pulumi from "@pulumi/pulumi";
import { z } from "zod";
import { trustBundleKey, tlsProfile, type Platform } from "../components";
import type { Settings } from "./settings";

/** Changes where a consumer has to change. */
export const contractVersion = 1;

const port = z.int().min(1).max(65535);

/** What a platform tells its consumers: flat scalars, all public, trust by name and never by PEM. */
export const contractSchema = z.strictObject({
    contractVersion: z.literal(contractVersion),
    environment: z.string(),
    domain: z.string(),
    namespace: z.string(),
    profile: z.string(),
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
    verifierSecret: z.string(),
    verifierIdentity: z.string(),
    verifierImage: z.string(),
    leafLifetimeHours: z.int(),
    leafRenewBeforeHours: z.int(),
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

/** Outputs of a stack that built a platform. */
export function publish(platform: Platform, { config, pki }: Settings): ContractOutputs {
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
        gatewayHost: platform.gatewayHost,
        gatewayPort: 443,
        gatewayRedirectPort: 80,
        gatewayIdentity: platform.gateway.identity,
        gatewayServerSecret: platform.gateway.serverSecretName,
        apiHost: platform.api.identity,
        apiPort: platform.api.port,
        apiServerSecret: platform.api.serverSecretName,
        verifierSecret: platform.verifier.secretName,
        verifierIdentity: platform.verifier.identity,
        verifierImage: config.verifier.image,
        leafLifetimeHours: config.leaf.lifetime,
        leafRenewBeforeHours: config.leaf.renewBefore,
        pkiAsOf: pki.asOf,
        pkiNextDue: pki.nextDue,
        pkiWorkloadGeneration: pki.intermediate,
        pkiWorkloadExpires: platform.issuerExpires,
    };
}

/** The part of a StackReference that a consumer needs. */
export interface StackOutputs {
    requireOutput(name: string): pulumi.Output<unknown>;
}
