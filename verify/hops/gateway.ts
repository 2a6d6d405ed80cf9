import type { Check } from "../check";
import { forgedIdentityStripped } from "../checks/forgedIdentity";
import { securityHeaders, strictTransport, versionHidden } from "../checks/headers";
import { http2Spoken } from "../checks/http2";
import { mutualTlsChecks } from "../checks/mutualTls";
import { plaintextRefused } from "../checks/plaintext";
import { noOpenRedirect, redirects } from "../checks/redirect";
import {
    missingServerNameRejected,
    unknownHostClosed,
    unknownServerNameRejected,
} from "../checks/serverName";
import { noSessionTickets } from "../checks/sessionTickets";
import type { ClusterMaterial } from "../cluster";
import type { Address, HttpHop } from "../hop";
import type { PathOf } from "../path";
import type { StackOutputs } from "../stack";

/** The edge: what a client outside reaches on 443, and the redirect on 80. */
export interface GatewayHop extends HttpHop {
    /** Where the connection to the redirect's port goes. */
    readonly redirect: Address;
}

/** The gateway of a stack, reached by the path that a client takes. */
export function gatewayHop(
    outputs: StackOutputs,
    material: ClusterMaterial,
    pathOf: PathOf,
): GatewayHop {
    const { gatewayHost: host, gatewayPort: port, gatewayIdentity: identity } = outputs;
    return {
        name: "gateway",
        host,
        port,
        address: pathOf({ host, port }),
        redirect: pathOf({ host, port: outputs.gatewayRedirectPort }),
        cipherSuites: outputs.cipherSuites,
        groups: outputs.groups,
        trustBundle: material.trustBundle,
        certificate: {
            names: [identity, `${identity}.cluster.local`, host],
            lifetimeHours: outputs.leafLifetimeHours,
            renewBeforeHours: outputs.leafRenewBeforeHours,
            issued: material.gatewayIssued,
        },
        verifier: material.verifier,
        verifierIdentity: outputs.verifierIdentity,
        via: "gateway",
    };
}

export const gatewayChecks: readonly Check<GatewayHop>[] = [
    ...mutualTlsChecks,
    forgedIdentityStripped,
    plaintextRefused,
    redirects,
    noOpenRedirect,
    unknownHostClosed,
    unknownServerNameRejected,
    missingServerNameRejected,
    strictTransport,
    securityHeaders,
    versionHidden,
    http2Spoken,
    noSessionTickets,
];
