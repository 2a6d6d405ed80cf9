import { describe } from "../applications/http";
import { tokenRequired } from "../applications/webSocket";
import type { Check } from "../check";
import { ask } from "../exchange";
import { askedWith, type HttpHop } from "../hop";

const controls = ["IA-3", "AC-17(2)", "SC-23"];

function upgradeRefused(
    id: string,
    wanted: string,
    headers: Readonly<Record<string, string>>,
): Check<HttpHop> {
    return {
        id,
        controls,
        wanted: () => wanted,
        look: async (hop) => {
            const seen = describe(await ask(hop, askedWith(hop, headers), hop.verifier));
            return { ok: seen === wanted, seen };
        },
    };
}

/** A certificate alone opens no socket. */
const tokenDemanded = upgradeRefused("token-demanded", tokenRequired, {});

/** Nor does something that is no token. */
const malformedTokenRefused = upgradeRefused(
    "malformed-token-refused",
    '401 {"error":"token_invalid"}',
    { Authorization: "Bearer not.a.token" },
);

/** A page from elsewhere does not use its reader's certificate. @see RFC 6455, section 10.2 */
const foreignOriginRefused = upgradeRefused(
    "foreign-origin-refused",
    '403 {"error":"origin_not_allowed"}',
    { Origin: "https://elsewhere.invalid" },
);

/** What a WebSocket hop must refuse, whoever has a certificate. */
export const streamChecks: readonly Check<HttpHop>[] = [
    tokenDemanded,
    malformedTokenRefused,
    foreignOriginRefused,
];
