import type { Check } from "../check";
import { askInPlaintext, type Answer } from "../exchange";
import type { GatewayHop } from "../hops/gateway";

const controls = ["SC-8"];
const path = "/v1/whoami?a=b";

/** Port 80 sends to the same path at the literal name, whatever is asked. */
export const redirects: Check<GatewayHop> = {
    id: "redirect",
    controls,
    wanted: (hop) => `308 ${target(hop)} for GET and POST`,
    look: async (hop) => {
        const headers = { Host: hop.host };
        const got = await askInPlaintext(hop.redirect, { path, headers });
        const posted = await askInPlaintext(hop.redirect, { method: "POST", path, headers });
        const seen = `${describe(got)} for GET, ${describe(posted)} for POST`;
        const right = `308 ${target(hop)}`;
        return { ok: seen === `${right} for GET, ${right} for POST`, seen };
    },
};

/** A name that is not ours gets no redirect: else anybody could send our users anywhere. */
export const noOpenRedirect: Check<GatewayHop> = {
    id: "redirect-unknown-host-closed",
    controls,
    wanted: () => "the connection closed for an unknown Host",
    look: async (hop) => {
        const headers = { Host: "elsewhere.invalid" };
        const answer = await askInPlaintext(hop.redirect, { path, headers });
        return { ok: answer.kind === "refused", seen: describe(answer) };
    },
};

function target(hop: GatewayHop): string {
    const port = hop.port === 443 ? "" : `:${hop.port}`;
    return `https://${hop.host}${port}${path}`;
}

function describe(answer: Answer): string {
    if (answer.kind === "refused") return answer.reason;
    return `${answer.status} ${answer.headers.location ?? ""}`.trim();
}
