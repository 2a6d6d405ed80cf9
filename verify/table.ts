import type { Outcome, Result } from "./check";
import { countOutcomes } from "./evidence";

const words: Readonly<Record<Outcome, string>> = { pass: "ok", fail: "FAIL", unknown: "?" };

/** The results as a table for people: hop, check, result, what was seen; and, where it was not right, what was wanted. */
export function renderTable(results: readonly Result[]): string {
    const rows = results.map(({ hop, id, outcome, seen, wanted }) => [
        hop,
        id,
        words[outcome],
        outcome === "fail" ? `${oneLine(seen)} (wanted: ${wanted})` : oneLine(seen),
    ]);
    const table = [["hop", "check", "result", "seen"], ...rows];
    const widths = [0, 1, 2].map((at) => Math.max(...table.map((row) => row[at]?.length ?? 0)));
    const lines = table.map((row) =>
        row
            .map((cell, at) => cell.padEnd(widths[at] ?? 0))
            .join("  ")
            .trimEnd(),
    );
    return `${[...lines, "", summaryLine(results)].join("\n")}\n`;
}

function summaryLine(results: readonly Result[]): string {
    const { pass, fail, unknown } = countOutcomes(results);
    return `${pass} ok, ${fail} failed, ${unknown} could not be looked at`;
}

/** What a peer said may hold anything: nothing of it moves a terminal's cursor. */
function oneLine(text: string): string {
    return text.replace(/\s+/g, " ").replace(/[^ -~]/g, "");
}
