import { once } from "node:events";
import type { Check } from "../check";
import { handshake } from "../connection";
import type { HttpHop } from "../hop";

/** A handle into a server's own cache has the length of a session id; a ticket that carries the session is several times that. */
const HANDLE_BYTES = 32;

/**
 * No ticket that carries a session: it would be sealed with a key that every replica keeps for its whole life, and whoever gets that
 * key later reads what was recorded. A handle into the server's cache, of 32 bytes, is what OpenSSL sends with tickets off.
 */
export const noSessionTickets: Check<HttpHop> = {
    id: "no-session-tickets",
    controls: ["SC-23", "SC-12"],
    wanted: () => "no session ticket but a handle of 32 bytes",
    look: async (hop) => {
        const socket = await handshake(hop, { client: hop.verifier, protocols: ["http/1.1"] });
        const lengths: number[] = [];
        socket.on("session", () => lengths.push(socket.getTLSTicket()?.length ?? 0));
        socket.end(`GET /v1/whoami HTTP/1.1\r\nHost: ${hop.host}\r\nConnection: close\r\n\r\n`);
        socket.resume();
        await once(socket, "close");
        const seen = lengths.length === 0 ? "none" : `${lengths.join(" and ")} bytes`;
        return { ok: lengths.every((length) => length <= HANDLE_BYTES), seen };
    },
};
