import { webSocket } from "../applications/webSocket";
import type { Check } from "../check";
import { forgedIdentityRefused } from "../checks/forgedIdentity";
import { metricsPort, metricsRefused } from "../checks/metrics";
import { mutualTlsChecks } from "../checks/mutualTls";
import { plaintextRefused } from "../checks/plaintext";
import { noSessionTickets } from "../checks/sessionTickets";
import { streamChecks } from "../checks/webSocket";
import type { HttpHop, InsideHop } from "../hop";
import { hopTo, type Common, type ServerSettings } from "../settings";

/** The tracer, asked directly by a workload in the cluster. The verifier may use it, and has no token. */
export type TracerHop = HttpHop & InsideHop;

export function tracerHop(common: Common, server: ServerSettings): TracerHop {
    return { ...hopTo("tracer", common, server), metricsPort, application: webSocket(server.host) };
}

export const tracerChecks: readonly Check<TracerHop>[] = [
    ...mutualTlsChecks,
    forgedIdentityRefused,
    ...streamChecks,
    plaintextRefused,
    noSessionTickets,
    metricsRefused,
];
