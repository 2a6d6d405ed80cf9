import type { Check, Sighting } from "../check";
import { ask, type Answer } from "../exchange";
import type { HttpHop } from "../hop";
import { makeStranger } from "../stranger";

const controls = ["IA-3", "SC-8(1)", "AC-17(2)"];
const path = "/v1/whoami";

/** The good credentials open the door, and the service knows whose they are: what the refusals are compared with. */
export const verifierAccepted: Check<HttpHop> = {
    id: "client-certificate-accepted",
    controls,
    wanted: (hop) => `200 ${identityOf(hop)}`,
    look: async (hop) => isOurIdentity(hop, await ask(hop, { path, client: hop.verifier })),
};

/** Without a certificate there is no answer but a refusal. */
export const certificateDemanded: Check<HttpHop> = {
    id: "client-certificate-demanded",
    controls,
    wanted: () => "alert certificate_required, or 400, without a client certificate",
    look: async (hop) => isRefusal(await ask(hop, { path })),
};

/** The right name from the wrong CA is worth nothing. */
export const strangerRefused: Check<HttpHop> = {
    id: "other-ca-refused",
    controls,
    wanted: () => "an alert, a closed connection or 400 for our name from another CA",
    look: async (hop) =>
        isRefusal(await ask(hop, { path, client: await makeStranger(hop.verifierIdentity) })),
};

/** Whether an answer of whoami says that the caller is the verifier, come by the way that the hop goes. */
export function isOurIdentity(hop: HttpHop, answer: Answer): Sighting {
    if (answer.kind === "refused") return { ok: false, seen: `refused: ${answer.reason}` };
    const seen = `${answer.status} ${answer.body.trim().slice(0, 200)}`;
    return { ok: seen === `200 ${identityOf(hop)}`, seen };
}

function identityOf({ verifierIdentity, via }: HttpHop): string {
    return JSON.stringify({ identity: verifierIdentity, via });
}

function isRefusal(answer: Answer): Sighting {
    return answer.kind === "refused"
        ? { ok: true, seen: answer.reason }
        : { ok: answer.status === 400, seen: String(answer.status) };
}
