import { modernGroups, modernSuites } from "./servers";

/** Outputs of a stack, as `pulumi stack output --json` has them. */
export const goodOutputs = {
    contractVersion: 1,
    namespace: "llm-platform",
    profile: "modern",
    cipherSuites: modernSuites,
    groups: modernGroups,
    trustBundleName: "workload-trust",
    trustBundleKey: "ca.crt",
    gatewayHost: "gateway.example.test",
    gatewayPort: 443,
    gatewayRedirectPort: 80,
    gatewayIdentity: "gateway.llm-platform.svc",
    gatewayServerSecret: "gateway-server",
    apiHost: "localhost",
    apiPort: 3001,
    apiServerSecret: "api-server",
    verifierSecret: "verifier-client",
    verifierIdentity: "verifier.llm-platform.svc",
    verifierImage: "registry.example.test/verify:0.1.0",
    leafLifetimeHours: 2160,
    leafRenewBeforeHours: 720,
};
