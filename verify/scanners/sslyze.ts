import { existsSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { z } from "zod";
import type { Check, Sighting } from "../check";
import { messageOf } from "../errors";
import { runTool } from "../tool";
import { inWorkspace } from "./workspace";

const LIMIT_SECONDS = 120;

const findings = z.object({
    sslyze_version: z.string(),
    server_scan_results: z.array(z.object({ connectivity_status: z.string() })),
});

/**
 * sslyze against Mozilla's "modern" configuration.
 *
 * @see https://wiki.mozilla.org/Security/Server_Side_TLS
 */
export const sslyzeModern: Check = {
    id: "sslyze-mozilla-modern",
    controls: ["CA-7", "SC-8(1)", "SC-13"],
    wanted: () => 'compliant with Mozilla\'s "modern"',
    limitSeconds: LIMIT_SECONDS + 10,
    look: (hop) =>
        inWorkspace(hop, async ({ trustFile, findingsFile }) => {
            const run = await runTool({
                command: "sslyze",
                args: [
                    ...["--mozilla_config", "modern", "--quiet"],
                    ...["--certinfo_ca_file", trustFile, "--json_out", findingsFile],
                    // The name that is spoken to, the port and the address that are dialled.
                    `${hop.host}:${hop.address.port}{${hop.address.host}}`,
                ],
                limitSeconds: LIMIT_SECONDS,
            });
            if (!existsSync(findingsFile)) throw new Error(`sslyze: ${firstWords(run)}`);
            return judgeSslyze(run.stdout, await readFile(findingsFile, "utf8"));
        }),
};

function firstWords({ stdout, stderr }: { stdout: string; stderr: string }): string {
    return messageOf(stdout.trim() || stderr.trim() || "it said nothing");
}

/**
 * Reads the verdict, which stands on standard output only. The exit code does not do: sslyze ends with 0 where it found no server.
 *
 * @param json what it wrote to `--json_out`
 */
export function judgeSslyze(stdout: string, json: string): Sighting {
    const { sslyze_version: version, server_scan_results: scans } = findings.parse(
        JSON.parse(json),
    );
    const tool = { name: "sslyze", version };
    if (/: OK - Compliant\.$/m.test(stdout)) return { ok: true, seen: "compliant", tool };
    if (/: FAILED - Not compliant\.$/m.test(stdout)) {
        const criteria = [...stdout.matchAll(/^ {8}\* (.+)$/gm)].map(([, criterion]) => criterion);
        return { ok: false, seen: criteria.join(" "), tool };
    }
    const status = scans[0]?.connectivity_status ?? "no server";
    throw new Error(`sslyze did not scan: ${status}`);
}
