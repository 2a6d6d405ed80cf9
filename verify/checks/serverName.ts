import type { Check, Sighting } from "../check";
import type { HelloReply } from "../clientHello";
import { sayHello } from "../connection";
import { ask } from "../exchange";
import { askedWith, type HttpHop } from "../hop";
import { cipherSuites, versions } from "../registry";
import { describeReply } from "./versions";

const controls = ["SC-8", "SC-23"];
const elsewhere = "elsewhere.invalid";
const offer = { version: versions["TLS 1.3"], cipherSuites: Object.values(cipherSuites) };

/** A handshake for a name that is not served ends before any certificate is shown. */
export const unknownServerNameRejected: Check = {
    id: "unknown-server-name-rejected",
    controls,
    wanted: () => "the handshake rejected",
    look: async (hop) => isRejection(await sayHello(hop, { ...offer, serverName: elsewhere })),
};

/** So does one that names nobody. */
export const missingServerNameRejected: Check = {
    id: "missing-server-name-rejected",
    controls,
    wanted: () => "the handshake rejected",
    look: async (hop) => isRejection(await sayHello(hop, offer)),
};

function isRejection(reply: HelloReply): Sighting {
    return { ok: reply.kind !== "hello", seen: describeReply(reply) };
}

/** The right server name in the handshake does not open another name's door behind it. @see RFC 9110, section 15.5.20 */
export const unknownHostClosed: Check<HttpHop> = {
    id: "unknown-host-closed",
    controls,
    wanted: () => "the connection closed, or 421, for an unknown Host",
    look: async (hop) => {
        const answer = await ask(hop, askedWith(hop, { Host: elsewhere }), hop.verifier);
        return answer.kind === "refused"
            ? { ok: true, seen: answer.reason }
            : { ok: answer.status === 421, seen: String(answer.status) };
    },
};
