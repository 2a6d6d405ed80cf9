import type { Check, Sighting } from "../check";
import type { IdentifyingHop, Reception } from "../hop";
import { makeStranger } from "../stranger";

const controls = ["IA-3", "SC-8(1)", "AC-17(2)"];

/** The good credentials open the door: what the refusals are compared with. */
export const verifierAccepted: Check = {
    id: "client-certificate-accepted",
    controls,
    wanted: ({ application }) => application.welcome,
    look: async (hop) => {
        const { kind, seen } = await hop.application.knock(hop, hop.verifier);
        return { ok: kind === "welcome", seen: kind === "refusal" ? `refused: ${seen}` : seen };
    },
};

/** Without a certificate there is no answer but a refusal. */
export const certificateDemanded: Check = {
    id: "client-certificate-demanded",
    controls,
    wanted: ({ application }) => `${application.refusal}, without a client certificate`,
    look: async (hop) => isRefusal(await hop.application.knock(hop)),
};

/** The right name from the wrong CA is worth nothing. */
export const strangerRefused: Check<IdentifyingHop> = {
    id: "other-ca-refused",
    controls,
    wanted: ({ application }) => `${application.refusal}, for our name from another CA`,
    look: async (hop) =>
        isRefusal(await hop.application.knock(hop, await makeStranger(hop.verifierIdentity))),
};

/** A reception as a sighting where only a refusal is right. */
export function isRefusal({ kind, seen }: Reception): Sighting {
    return { ok: kind === "refusal", seen };
}
