import type { Check } from "../check";
import { askInPlaintext } from "../exchange";

/** HTTP without TLS on the TLS port is answered by nothing, an alert, or nginx' own 400. */
export const plaintextRefused: Check = {
    id: "plaintext-refused",
    controls: ["SC-8", "SC-8(1)"],
    wanted: () => "no answer in plaintext but 400",
    look: async (hop) => {
        const headers = { Host: hop.host };
        const answer = await askInPlaintext(hop.address, { path: "/", headers });
        return answer.kind === "refused"
            ? { ok: true, seen: answer.reason }
            : { ok: answer.status === 400, seen: String(answer.status) };
    },
};
