const text = { type: "string", minLength: 1 };
const count = { type: "integer", minimum: 0 };

/** What every reader of evidence/verify.json may rely on. */
export const evidenceSchema = {
    type: "object",
    additionalProperties: false,
    required: ["stack", "profile", "time", "tools", "summary", "checks"],
    properties: {
        stack: text,
        profile: text,
        time: { type: "string", pattern: "^\\d{4}-\\d{2}-\\d{2}T\\d{2}:\\d{2}:\\d{2}\\.\\d{3}Z$" },
        tools: {
            type: "object",
            required: ["node", "openssl"],
            additionalProperties: text,
        },
        summary: {
            type: "object",
            additionalProperties: false,
            required: ["pass", "fail", "unknown"],
            properties: { pass: count, fail: count, unknown: count },
        },
        checks: {
            type: "array",
            items: {
                type: "object",
                additionalProperties: false,
                required: ["hop", "id", "controls", "outcome", "wanted", "seen"],
                properties: {
                    hop: text,
                    id: { type: "string", pattern: "^[a-z0-9-]+$" },
                    controls: { type: "array", minItems: 1, items: text },
                    outcome: { enum: ["pass", "fail", "unknown"] },
                    wanted: text,
                    seen: text,
                },
            },
        },
    },
};
