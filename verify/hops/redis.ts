import { redis } from "../applications/redis";
import type { Check } from "../check";
import { metricsPort, metricsRefused } from "../checks/metrics";
import { mutualTlsChecks } from "../checks/mutualTls";
import { plaintextRefused } from "../checks/plaintext";
import { defaultUserRefused } from "../checks/redis";
import { noSessionTickets } from "../checks/sessionTickets";
import type { InsideHop } from "../hop";
import { hopTo, type Common, type ServerSettings } from "../settings";

/** The cache. The verifier has a certificate that is trusted, and no user. */
export function redisHop(common: Common, server: ServerSettings): InsideHop {
    return { ...hopTo("redis", common, server), metricsPort, application: redis };
}

export const redisChecks: readonly Check<InsideHop>[] = [
    ...mutualTlsChecks,
    plaintextRefused,
    defaultUserRefused,
    noSessionTickets,
    metricsRefused,
];
