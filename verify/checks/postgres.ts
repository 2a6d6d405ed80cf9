import { startSession } from "../applications/postgres";
import type { Check } from "../check";
import type { PostgresHop } from "../hops/postgres";
import { isRefusal } from "./clientCertificate";

/**
 * Whoever may copy the database needs a certificate like everybody else: `all` in a line of pg_hba.conf leaves replication out. A
 * server without any replication says so before it asks who is there.
 */
export const replicationRefused: Check<PostgresHop> = {
    id: "replication-refused",
    controls: ["IA-3", "AC-17(2)", "SC-8"],
    wanted: () => "FATAL 28000, or max_wal_senders of 0, without a client certificate",
    look: async (hop) => {
        const reception = await startSession(hop, { user: hop.role, replication: "true" });
        if (!reception.seen.startsWith("FATAL 53300 ")) return isRefusal(reception);
        if (/"max_wal_senders" \(\D*0\)/.test(reception.seen))
            return { ok: true, seen: reception.seen };
        throw new Error(`${reception.seen}, which does not say who may replicate`);
    },
};

/** The superuser does not come in by the network, whatever certificate is shown. */
export const superuserRefused: Check<PostgresHop> = {
    id: "superuser-refused",
    controls: ["AC-17(2)", "IA-3"],
    wanted: () => "FATAL 28000 to the role postgres",
    look: async (hop) =>
        isRefusal(
            await startSession(hop, { user: "postgres", database: hop.database }, hop.verifier),
        ),
};
