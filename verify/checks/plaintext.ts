import type { Check } from "../check";
import { isRefusal } from "./clientCertificate";

/** Who says the first words without TLS is not answered, or told so and nothing else. */
export const plaintextRefused: Check = {
    id: "plaintext-refused",
    controls: ["SC-8", "SC-8(1)"],
    wanted: ({ application }) => `${application.refusal}, without TLS`,
    look: async ({ address, application }) => isRefusal(await application.knockInClear(address)),
};
