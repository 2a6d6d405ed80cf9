import { randomBytes } from "node:crypto";
import { integer, integerOf, texts } from "../inputs";
import type { LogicalKind } from "../logical";

/** @see https://www.pulumi.com/registry/packages/random/api-docs/randombytes/ */
export const randomBytesKind: LogicalKind = {
    inputs: {
        keepers: { check: texts },
        length: { check: integer(1), required: true },
    },
    outputs: { base64: "secret", hex: "secret" },
    make: (inputs) => {
        // The official plugin has one id for all, as what it made cannot be asked for.
        return Promise.resolve({
            id: "none",
            outputs: encoded(randomBytes(integerOf(inputs, "length"))),
        });
    },
    import: (id) => {
        const bytes = Buffer.from(id, "base64");
        if (bytes.length === 0 || bytes.toString("base64") !== id) {
            throw new Error("the id of imported random bytes is their base64 text");
        }
        return { id: "none", inputs: { length: bytes.length }, outputs: encoded(bytes) };
    },
};

const encoded = (bytes: Buffer): Record<string, string> => ({
    base64: bytes.toString("base64"),
    hex: bytes.toString("hex"),
});
