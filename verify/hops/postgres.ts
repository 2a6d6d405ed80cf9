import { postgres, requestTls } from "../applications/postgres";
import type { Check } from "../check";
import { metricsPort, metricsRefused } from "../checks/metrics";
import { mutualTlsChecks } from "../checks/mutualTls";
import { plaintextRefused } from "../checks/plaintext";
import { replicationRefused, superuserRefused } from "../checks/postgres";
import { noSessionTickets } from "../checks/sessionTickets";
import type { InsideHop } from "../hop";
import { hopTo, type Common, type InsideSettings } from "../settings";

/** The database. The verifier has a certificate that is trusted, and neither a role's name in it nor a password. */
export interface PostgresHop extends InsideHop {
    /** An application's role, and its database. */
    readonly role: string;
    readonly database: string;
}

export function postgresHop(
    common: Common,
    server: InsideSettings["servers"]["postgres"],
): PostgresHop {
    const { role, database } = server;
    return {
        ...hopTo("postgres", common, server),
        metricsPort,
        // PostgreSQL before 18 takes one curve: the profile's first that is a NIST curve.
        groups: common.groups.filter((group) => /^(?:prime|secp)\d+/.test(group)).slice(0, 1),
        prelude: requestTls,
        application: postgres({ user: role, database }),
        role,
        database,
    };
}

export const postgresChecks: readonly Check<PostgresHop>[] = [
    ...mutualTlsChecks,
    plaintextRefused,
    replicationRefused,
    superuserRefused,
    noSessionTickets,
    metricsRefused,
];
