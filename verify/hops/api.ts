import { whoami } from "../applications/whoami";
import type { Check } from "../check";
import { forgedIdentityRefused } from "../checks/forgedIdentity";
import { metricsPort, metricsRefused } from "../checks/metrics";
import { mutualTlsChecks } from "../checks/mutualTls";
import { plaintextRefused } from "../checks/plaintext";
import { noSessionTickets } from "../checks/sessionTickets";
import type { HttpHop, InsideHop } from "../hop";
import { hopTo, type Common, type ServerSettings } from "../settings";

/** The api, asked directly by a workload in the cluster. */
export type ApiHop = HttpHop & InsideHop;

export function apiHop(common: Common, server: ServerSettings): ApiHop {
    const { verifierIdentity: identity } = common;
    const application = whoami({ host: server.host, identity, via: "direct" });
    return { ...hopTo("api", common, server), metricsPort, application };
}

export const apiChecks: readonly Check<ApiHop>[] = [
    ...mutualTlsChecks,
    forgedIdentityRefused,
    plaintextRefused,
    noSessionTickets,
    metricsRefused,
];
