import { existsSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { z } from "zod";
import type { Check, Sighting } from "../check";
import { messageOf } from "../errors";
import { runTool, type ToolRun } from "../tool";
import { inWorkspace } from "./workspace";

const LIMIT_SECONDS = 240;

/**
 * The parts that a grade needs, and no more: testssl.sh gives none when one of them is missing (`set_rating_state`), and the server's
 * preference counts towards the score. Left out are the simulation of sixty clients and attacks on what TLS 1.3 does not have, half of
 * its time.
 */
const partsOfTheGrade = [
    ...["--protocols", "--std", "--server-preference", "--fs", "--server-defaults", "--header"],
    ...["--heartbleed", "--ccs-injection", "--ticketbleed", "--robot", "--renegotiation"],
    ...["--compression", "--poodle", "--tls-fallback", "--drown", "--beast", "--rc4", "--logjam"],
];

const findings = z.array(z.object({ id: z.string(), severity: z.string(), finding: z.string() }));

/** testssl.sh's grade, after SSL Labs' rating guide, with our roots trusted. */
export const testsslGrade: Check = {
    id: "testssl-grade",
    controls: ["CA-7", "SC-8(1)", "SC-13"],
    wanted: () => "grade A or better",
    limitSeconds: LIMIT_SECONDS + 10,
    look: (hop) =>
        inWorkspace(hop, async ({ trustFile, findingsFile }) => {
            const run = await runTool({
                command: "testssl.sh",
                args: [
                    ...["--warnings", "off", "--color", "0", "--nodns", "none"],
                    ...["--add-ca", trustFile, "--jsonfile", findingsFile],
                    ...["--connect-timeout", "10", "--openssl-timeout", "10"],
                    // Half the time for the same grades: without, each hello is sent by bash and waited for 0.2 s. The one version that
                    // OpenSSL does not speak, SSL 3.0, is asked for by our own hellos.
                    "--ssl-native",
                    ...["--ip", hop.address.host, ...partsOfTheGrade],
                    `https://${hop.host}:${hop.address.port}/`,
                ],
                limitSeconds: LIMIT_SECONDS,
            });
            if (run.exitCode === null) throw new Error(`no end within ${LIMIT_SECONDS} s`);
            if (!existsSync(findingsFile)) throw new Error(`testssl.sh: ${lastWords(run)}`);
            return judgeTestssl(run.stdout, await readFile(findingsFile, "utf8"));
        }),
};

function lastWords({ stdout, stderr }: ToolRun): string {
    const lines = `${stderr}\n${stdout}`.split("\n").filter((line) => line.trim() !== "");
    return messageOf(lines.find((line) => /fatal error/i.test(line)) ?? lines.at(-1));
}

/**
 * Reads the grade.
 *
 * @param stdout begins with the banner, which names the version
 * @param json what it wrote to `--jsonfile`
 */
export function judgeTestssl(stdout: string, json: string): Sighting {
    const entries = findings.parse(JSON.parse(json));
    const grade = entries.find(({ id }) => id === "overall_grade")?.finding;
    if (grade === undefined) throw new Error("testssl.sh gave no grade");
    const caps = entries.filter(({ id }) => id.startsWith("grade_cap_reason"));
    const reasons = caps.map(({ finding }) => finding).join(" ");
    return {
        ok: ["A+", "A"].includes(grade),
        seen: `grade ${grade}${reasons === "" ? "" : `: ${reasons}`}`,
        tool: { name: "testssl.sh", version: /version (\S+)/.exec(stdout)?.[1] ?? "unknown" },
    };
}
