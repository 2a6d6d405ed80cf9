import { webSocket } from "../applications/webSocket";
import { whoami } from "../applications/whoami";
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
import { streamChecks } from "../checks/webSocket";
import type { ClusterMaterial } from "../cluster";
import type { Address, HttpHop } from "../hop";
import type { PathOf } from "../path";
import { hopTo, sharedOf } from "../settings";
import type { StackOutputs } from "../stack";

/** The edge: what a client outside reaches on 443, and the redirect on 80. */
export interface GatewayHop extends HttpHop {
    /** Where the connection to the redirect's port goes. */
    readonly redirect: Address;
}

/** What is known of a stack where it is looked at from outside. */
export interface Outside {
    readonly outputs: StackOutputs;
    readonly material: ClusterMaterial;
    readonly pathOf: PathOf;
}

/** One of the gateway's server names, reached by the path that a client takes. */
function edge(
    name: string,
    host: string,
    { outputs, material, pathOf }: Outside,
): Omit<GatewayHop, "application"> {
    const { gatewayPort: port, gatewayIdentity: identity, gatewayHost, tracerHost } = outputs;
    const names = [identity, `${identity}.cluster.local`, gatewayHost, tracerHost];
    const { trustBundle, verifier, issued } = material;
    const common = { ...sharedOf(outputs), trustBundle, verifier };
    return {
        ...hopTo(name, common, { host, port, names, issued: issued.gateway }),
        address: pathOf({ host, port }),
        redirect: pathOf({ host, port: outputs.gatewayRedirectPort }),
    };
}

/** The gateway's own name, behind which is the api. */
export function gatewayHop(outside: Outside): GatewayHop {
    const { gatewayHost: host, verifierIdentity: identity } = outside.outputs;
    const application = whoami({ host, identity, via: "gateway" });
    return { ...edge("gateway", host, outside), application };
}

/** The tracer's name at the gateway: a server block of its own, and a WebSocket through it. */
export function gatewayTracerHop(outside: Outside): GatewayHop {
    const { tracerHost: host } = outside.outputs;
    return { ...edge("gateway-tracer", host, outside), application: webSocket(host) };
}

/** What every server name of the gateway must show. */
const edgeChecks: readonly Check<GatewayHop>[] = [
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
    noSessionTickets,
];

export const gatewayChecks: readonly Check<GatewayHop>[] = [...edgeChecks, http2Spoken];

export const gatewayTracerChecks: readonly Check<GatewayHop>[] = [...edgeChecks, ...streamChecks];
