import type { Check } from "../check";
import { askOverHttp2 } from "../http2";
import type { HttpHop } from "../hop";

/** HTTP/2 is agreed on by ALPN, and spoken. */
export const http2Spoken: Check<HttpHop> = {
    id: "http2",
    controls: ["CM-6"],
    wanted: () => "h2, and 200",
    look: async (hop) => {
        const { path } = hop.application.question;
        const { protocol, status } = await askOverHttp2(hop, { path, client: hop.verifier });
        return { ok: protocol === "h2" && status === 200, seen: `${protocol}, ${status}` };
    },
};
