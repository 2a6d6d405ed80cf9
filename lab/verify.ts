import { spawn } from "node:child_process";
import path from "node:path";
import { nodeBinary, projectRoot, type LabPaths } from "./cache";
import { labConnectFlags } from "./connections";
import { labEnvironment, STACK } from "./environment";
import { run } from "./host/run";

/** Builds the verifier and says how to call it on the lab's stack. */
async function prepare(paths: LabPaths): Promise<{ args: string[]; env: Record<string, string> }> {
    await run("npm", ["run", "--silent", "build", "--workspace", "verify"], { cwd: projectRoot });
    const flags = labConnectFlags(paths).flatMap((flag) => flag.split(" "));
    return {
        args: [path.join("verify", "dist", "main.js"), "--stack", STACK, ...flags],
        env: await labEnvironment(paths),
    };
}

/**
 * Runs the verifier as a step.
 *
 * @returns its last line
 * @throws with its whole table if it found or could not see something
 */
export async function verifyQuietly(paths: LabPaths): Promise<string> {
    const { args, env } = await prepare(paths);
    const { stdout } = await run(nodeBinary, args, { cwd: projectRoot, env, errorLines: 200 });
    return stdout.trim().split("\n").at(-1) ?? "";
}

/** Runs the verifier with its own output. @returns its exit code: 1 for a failed check, 2 where it could not look */
export async function verifyAloud(paths: LabPaths): Promise<number> {
    const { args, env } = await prepare(paths);
    const child = spawn(nodeBinary, args, {
        cwd: projectRoot,
        env: { ...process.env, ...env },
        stdio: "inherit",
    });
    return new Promise((resolve, reject) => {
        child.once("error", reject);
        child.once("close", (code) => {
            resolve(code ?? 2);
        });
    });
}
