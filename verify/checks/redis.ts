import { command } from "../applications/redis";
import type { Check } from "../check";
import type { InsideHop } from "../hop";

/** A certificate opens the connection and no more: without a user there is nothing, and the default user is off. */
export const defaultUserRefused: Check<InsideHop> = {
    id: "default-user-refused",
    controls: ["IA-3", "AC-17(2)"],
    wanted: () => "NOAUTH to PING, WRONGPASS to the default user",
    look: async (hop) => {
        const ping = await command(hop, "PING");
        const auth = await command(hop, "AUTH default nobody-s-password");
        const seen = `${ping.split(" ")[0] ?? ""}, ${auth.split(" ")[0] ?? ""}`;
        return { ok: seen === "-NOAUTH, -WRONGPASS", seen };
    },
};
