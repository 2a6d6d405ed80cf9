import type { Check } from "../check";
import { Unreachable } from "../connection";
import { ask } from "../exchange";
import type { InsideHop } from "../hop";

/** Every workload serves its metrics there. */
export const metricsPort = 9443;

/** The metrics are for the monitoring alone: a client of the service does not get them. */
export const metricsRefused: Check<InsideHop> = {
    id: "metrics-refused",
    controls: ["AC-17(2)", "IA-3"],
    wanted: () => "401, 403, a refused handshake or no way there",
    look: async (hop) => {
        const address = { ...hop.address, port: hop.metricsPort };
        try {
            const there = { ...hop, address, prelude: undefined };
            const answer = await ask(there, { path: "/metrics" }, hop.verifier);
            return answer.kind === "refused"
                ? { ok: true, seen: answer.reason }
                : { ok: [401, 403].includes(answer.status), seen: String(answer.status) };
        } catch (error) {
            if (error instanceof Unreachable) return { ok: true, seen: "no way there" };
            throw error;
        }
    },
};
