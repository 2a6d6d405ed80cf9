import type { Check } from "../check";
import { ask, type Question } from "../exchange";
import type { HttpHop } from "../hop";
import { clientCertField, makeStranger } from "../stranger";
import { isOurIdentity } from "./clientCertificate";

const controls = ["IA-3", "SC-23", "AC-17(2)"];

async function forgery(hop: HttpHop): Promise<Question> {
    const victim = hop.verifierIdentity.replace(/^[^.]+/, "administrator");
    const { certificate } = await makeStranger(victim);
    const field = clientCertField(certificate);
    const headers = { "Client-Cert": field, "Client-Cert-Chain": field };
    return { path: "/v1/whoami", headers, client: hop.verifier };
}

/** A gateway drops the `Client-Cert` that a client made up and puts its own there. @see RFC 9440, section 4 */
export const forgedIdentityStripped: Check<HttpHop> = {
    id: "forged-client-cert-stripped",
    controls,
    wanted: (hop) => `200 for ${hop.verifierIdentity}, not for who the header names`,
    look: async (hop) => isOurIdentity(hop, await ask(hop, await forgery(hop))),
};

/** A service asked directly believes no `Client-Cert` but the gateway's. */
export const forgedIdentityRefused: Check<HttpHop> = {
    id: "forged-client-cert-refused",
    controls,
    wanted: () => "400 client_cert_forbidden",
    look: async (hop) => {
        const answer = await ask(hop, await forgery(hop));
        if (answer.kind === "refused") throw new Error(`refused: ${answer.reason}`);
        const ok = answer.status === 400 && answer.body.includes('"client_cert_forbidden"');
        return { ok, seen: `${answer.status} ${answer.body.trim().slice(0, 200)}` };
    },
};
