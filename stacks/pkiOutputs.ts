import * as pulumi from "@pulumi/pulumi";
import { Purpose, type Authorities } from "../components";
import { formatDay } from "../components/pki/generations";
import { keyPairSecrets, trustBundles } from "../components/platform/authorities";
import type { Settings } from "./settings";

/**
 * What a stack tells those who run its certificate authorities, and its own next `up`. No part of the contract: consumers read names
 * and days there.
 */
export function pkiOutputs(authorities: Authorities, { pki }: Pick<Settings, "pki">) {
    const requests = Object.values(authorities).map((authority) => authority.requests);
    return {
        pkiAsOf: pki.asOf,
        pkiNextDue: pki.nextDue,
        /** The next step of every kind, earliest first: `day` and `what` to do. */
        pkiSteps: pki.steps,
        /** Requests of an offline root's intermediates by name, PEM. */
        pkiRequests: pulumi
            .all(requests)
            .apply((all) => Object.fromEntries(all.flatMap((one) => Object.entries(one)))),
        pkiState: stateOf(authorities, pki),
        /** Key pair in cert-manager's namespace, and bundle in the platform's, of the hierarchies that others build on. */
        pkiMeshSecret: keyPairSecrets.mesh,
        pkiMeshTrustBundle: trustBundles.mesh,
        pkiVpnSecret: keyPairSecrets.vpn,
        pkiVpnTrustBundle: trustBundles.vpn,
    };
}

/** What issues and is trusted, by purpose: only those of which something issues. */
function stateOf(authorities: Authorities, { plans }: Settings["pki"]) {
    const entries = Object.values(Purpose).flatMap((purpose) => {
        const { issuing, trustedRoots, rootSince } = plans[purpose];
        const { expires } = authorities[purpose];
        if (issuing === undefined || expires === undefined) return [];
        const state = { issuing, expires, trustedRoots, rootSince: formatDay(rootSince) };
        return [[purpose, state] as const];
    });
    return Object.fromEntries(entries);
}
