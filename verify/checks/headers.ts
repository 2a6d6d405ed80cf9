import type { IncomingHttpHeaders } from "node:http";
import type { Check, Sighting } from "../check";
import { ask } from "../exchange";
import type { HttpHop } from "../hop";

const controls = ["SC-8", "SC-23", "CM-6"];
const YEAR_SECONDS = 31_536_000;

type Judge = (headers: IncomingHttpHeaders) => Sighting;

function headerCheck(id: string, wanted: string, judge: Judge): Check<HttpHop> {
    return {
        id,
        controls,
        wanted: () => wanted,
        look: async (hop) => {
            const answer = await ask(hop, hop.application.question, hop.verifier);
            if (answer.kind === "refused") throw new Error(`refused: ${answer.reason}`);
            return judge(answer.headers);
        },
    };
}

/** Strict-Transport-Security of a year or more, for subdomains too. @see RFC 6797 */
export const strictTransport = headerCheck(
    "hsts",
    `max-age of ${YEAR_SECONDS} or more; includeSubDomains`,
    (headers) => {
        const seen = headers["strict-transport-security"] ?? "absent";
        const age = Number(/(?:^|;)\s*max-age="?(\d+)"?\s*(?:;|$)/i.exec(seen)?.[1] ?? 0);
        return { ok: age >= YEAR_SECONDS && /;\s*includeSubDomains\b/i.test(seen), seen };
    },
);

const expected: Readonly<Record<string, RegExp>> = {
    "content-security-policy": /^(?!.*unsafe-).*default-src/,
    "referrer-policy": /^(no-referrer|same-origin|strict-origin|strict-origin-when-cross-origin)$/,
    "x-content-type-options": /^nosniff$/,
    "x-frame-options": /^DENY$/,
};

/** The other headers that keep a browser from helping an attacker. */
export const securityHeaders = headerCheck(
    "security-headers",
    "content-security-policy, referrer-policy, x-content-type-options, x-frame-options, each once and strict",
    (headers) => {
        const wrong = Object.entries(expected)
            .filter(([name, pattern]) => !pattern.test(String(headers[name] ?? "")))
            .map(([name]) => `${name}: ${String(headers[name] ?? "absent")}`);
        return { ok: wrong.length === 0, seen: wrong.length === 0 ? "all" : wrong.join("; ") };
    },
);

/** Neither the server nor what is behind it says which version it is. */
export const versionHidden = headerCheck(
    "server-version-hidden",
    "no version in Server, no X-Powered-By",
    (headers) => {
        const server = String(headers.server ?? "absent");
        const powered = String(headers["x-powered-by"] ?? "absent");
        const ok = !/\d/.test(server) && powered === "absent";
        return { ok, seen: `Server: ${server}; X-Powered-By: ${powered}` };
    },
);
