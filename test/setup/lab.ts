import { execFileSync } from "node:child_process";
import { delimiter, join } from "node:path";

const root = join(__dirname, "..", "..");

/**
 * Brings the lab up as far as `step` (all the way without one) and gives its environment to the tests of this layer, so that
 * each layer runs alone on a machine that has nothing yet.
 */
export function labUp(step?: "engine" | "images" | "cluster" | "operators"): void {
    process.env.PATH = [join(root, "node_modules", ".bin"), process.env.PATH].join(delimiter);
    const until = step === undefined ? [] : ["--until", step];
    execFileSync("tsx", ["lab/main.ts", "up", ...until], { cwd: root, stdio: "inherit" });
    Object.assign(process.env, labEnvironment());
}

/** What `lab env` exports, as a record. */
function labEnvironment(): Record<string, string> {
    const lines = execFileSync("tsx", ["lab/main.ts", "env"], { cwd: root, encoding: "utf8" });
    const exported = lines.matchAll(/^export ([A-Z_]+)=(["']?)(.*)\2$/gm);
    return Object.fromEntries(
        [...exported].map(([, name = "", , value = ""]): [string, string] => [name, value]),
    );
}
