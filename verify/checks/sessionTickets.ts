import type { Check } from "../check";
import { converse, handshake } from "../connection";

/** A handle into a server's own cache has the length of a session id; a ticket that carries the session is several times that. */
const HANDLE_BYTES = 32;

/**
 * No ticket that carries a session: it would be sealed with a key that every replica keeps for its whole life, and whoever gets that
 * key later reads what was recorded. A handle into the server's cache, of 32 bytes, is what OpenSSL sends with tickets off.
 */
export const noSessionTickets: Check = {
    id: "no-session-tickets",
    controls: ["SC-23", "SC-12"],
    wanted: () => "no session ticket but a handle of 32 bytes",
    look: async (hop) => {
        const { protocols, greeting } = hop.application;
        const socket = await handshake(hop, { client: hop.verifier, protocols });
        const lengths: number[] = [];
        socket.on("session", () => lengths.push(socket.getTLSTicket()?.length ?? 0));
        // Tickets come before whatever the application says.
        await converse(socket, greeting, (answer) => answer.length > 0);
        const seen = lengths.length === 0 ? "none" : `${lengths.join(" and ")} bytes`;
        return { ok: lengths.every((length) => length <= HANDLE_BYTES), seen };
    },
};
