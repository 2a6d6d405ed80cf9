import Ajv from "ajv";
import type { Outcome, Result } from "../../verify/check";
import { exitCodeOf, makeEvidence } from "../../verify/evidence";
import { renderTable } from "../../verify/table";
import { evidenceSchema } from "./evidenceSchema";

function result(id: string, outcome: Outcome, more: Partial<Result> = {}): Result {
    return {
        id,
        hop: "gateway",
        controls: ["SC-8"],
        outcome,
        wanted: "this",
        seen: "that",
        ...more,
    };
}

const passed = result("one", "pass");
const failed = result("two", "fail");
const unseen = result("three", "unknown", { seen: "could not look: because" });

describe("the exit code", () => {
    it.each<[code: number, what: string, results: Result[]]>([
        [0, "all pass", [passed, passed]],
        [1, "one fails", [passed, failed]],
        [1, "one fails and one could not be looked at", [unseen, failed]],
        [2, "one could not be looked at", [passed, unseen]],
        [2, "nothing was looked at", []],
    ])("is %i where %s", (code, _, results) => {
        expect(exitCodeOf(results)).toBe(code);
    });
});

describe("the evidence", () => {
    const tool = { name: "sslyze", version: "6.3.1" };
    const run = {
        stack: "lab",
        profile: "modern",
        time: new Date("2026-11-24T12:00:00Z"),
        results: [result("one", "pass", { tool }), failed, unseen],
    };

    it("says which stack, profile, time and tools, and every check in order", () => {
        expect(makeEvidence(run)).toEqual({
            stack: "lab",
            profile: "modern",
            time: "2026-11-24T12:00:00.000Z",
            tools: {
                node: process.versions.node,
                openssl: process.versions.openssl,
                sslyze: "6.3.1",
            },
            summary: { pass: 1, fail: 1, unknown: 1 },
            checks: [
                { ...passed, hop: "gateway" },
                failed,
                { ...unseen, seen: "could not look: because" },
            ],
        });
    });

    it("keeps to its schema, which refuses an outcome that is none", () => {
        const validate = new Ajv().compile(evidenceSchema);
        expect(validate(makeEvidence(run))).toBe(true);
        const odd = { ...run, results: [{ ...passed, outcome: "skipped" as Outcome }] };
        expect(validate(makeEvidence(odd))).toBe(false);
    });
});

describe("the table", () => {
    it("has a line a check and says what was wanted where it failed", () => {
        expect(renderTable([passed, failed, unseen])).toBe(
            [
                "hop      check  result  seen",
                "gateway  one    ok      that",
                "gateway  two    FAIL    that (wanted: this)",
                "gateway  three  ?       could not look: because",
                "",
                "1 ok, 1 failed, 1 could not be looked at",
                "",
            ].join("\n"),
        );
    });

    it("shows nothing of a peer's that could move the cursor", () => {
        const seen = "200 \u001b[2Jgone\r\nok";
        expect(renderTable([result("one", "pass", { seen })])).toContain("200 [2Jgone ok\n");
    });
});
