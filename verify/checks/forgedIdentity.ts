import { describe } from "../applications/http";
import type { Check } from "../check";
import { ask, type Answer } from "../exchange";
import { askedWith, type HttpHop } from "../hop";
import { clientCertField, makeStranger } from "../stranger";

const controls = ["IA-3", "SC-23", "AC-17(2)"];

async function askForged(hop: HttpHop): Promise<Answer> {
    const victim = hop.verifierIdentity.replace(/^[^.]+/, "administrator");
    const { certificate } = await makeStranger(victim);
    const field = clientCertField(certificate);
    const question = askedWith(hop, { "Client-Cert": field, "Client-Cert-Chain": field });
    return ask(hop, question, hop.verifier);
}

/** A gateway drops the `Client-Cert` that a client made up and puts its own there. @see RFC 9440, section 4 */
export const forgedIdentityStripped: Check<HttpHop> = {
    id: "forged-client-cert-stripped",
    controls,
    wanted: ({ application }) => `${application.welcome}, whoever the header names`,
    look: async (hop) => {
        const seen = describe(await askForged(hop));
        return { ok: seen === hop.application.welcome, seen };
    },
};

/** A service asked directly believes no `Client-Cert` but the gateway's. */
export const forgedIdentityRefused: Check<HttpHop> = {
    id: "forged-client-cert-refused",
    controls,
    wanted: () => '400 {"error":"client_cert_forbidden"}',
    look: async (hop) => {
        const answer = await askForged(hop);
        if (answer.kind === "refused") throw new Error(`refused: ${answer.reason}`);
        const ok = answer.status === 400 && answer.body.includes('"client_cert_forbidden"');
        return { ok, seen: describe(answer) };
    },
};
