import { randomBytes } from "node:crypto";
import { existsSync, mkdirSync, readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { projectRoot, type LabPaths } from "./cache";
import { backendFolder, labEnvironment, passphraseFile, saltFile, STACK } from "./environment";
import { writeAtomically } from "./host/files";
import { identify } from "./host/processes";
import { run, type RunResult } from "./host/run";
import { rememberSalt, restoreSalt } from "./stackFile";

/** Runs `pulumi up` on the lab's stack with the policy pack; what an earlier, killed run left half done is cleared first. */
export async function deploy(paths: LabPaths, report: (line: string) => void): Promise<string> {
    await run("npm", ["run", "--silent", "build", "--workspace", "policies", "--if-present"], {
        cwd: projectRoot,
    });
    preparePassphrase(paths);
    mkdirSync(backendFolder(paths), { recursive: true });
    const salt = saltFile(paths);
    restoreSalt(salt);
    const env = await labEnvironment(paths);
    const pulumi = (...args: string[]): Promise<RunResult> =>
        run("pulumi", [...args, "--non-interactive", "--stack", STACK], {
            cwd: projectRoot,
            env,
            onLine: report,
            errorLines: 60,
        });
    await releaseLock(paths, pulumi);
    await run("pulumi", ["stack", "select", "--create", "--non-interactive", STACK], {
        cwd: projectRoot,
        env,
    });
    rememberSalt(salt);
    if (await hasPendingOperations(pulumi)) {
        await pulumi("refresh", "--yes", "--skip-preview", "--clear-pending-creates");
    }
    const { stdout } = await pulumi("up", "--yes", "--policy-pack", "policies", "--color", "never");
    rememberSalt(salt);
    return resourceCounts(stdout);
}

function preparePassphrase(paths: LabPaths): void {
    const file = passphraseFile(paths);
    if (!existsSync(file)) writeAtomically(file, randomBytes(32).toString("base64url"), 0o600);
}

/** A lock whose owner was killed is cancelled; one whose owner works is somebody's running update, and stays. */
async function releaseLock(
    paths: LabPaths,
    pulumi: (...args: string[]) => Promise<RunResult>,
): Promise<void> {
    const locks = path.join(backendFolder(paths), ".pulumi", "locks");
    if (!existsSync(locks)) return;
    const files = readdirSync(locks, { recursive: true, encoding: "utf8" }).filter((name) =>
        name.endsWith(".json"),
    );
    for (const file of files.filter((name) => path.dirname(name).endsWith(`/${STACK}`))) {
        const { pid } = JSON.parse(readFileSync(path.join(locks, file), "utf8")) as { pid: number };
        if (identify(pid) !== undefined)
            throw new Error(`stack ${STACK} is being updated by process ${pid}; wait for it`);
        await pulumi("cancel", "--yes");
        return;
    }
}

async function hasPendingOperations(
    pulumi: (...args: string[]) => Promise<RunResult>,
): Promise<boolean> {
    const { stdout } = await pulumi("stack", "export");
    const state = JSON.parse(stdout) as { deployment?: { pending_operations?: unknown[] } };
    return (state.deployment?.pending_operations ?? []).length > 0;
}

/** The few words that pulumi itself sums up with: `12 to create`, `14 unchanged`. */
function resourceCounts(output: string): string {
    const summary = output.slice(output.lastIndexOf("Resources:"));
    const counts = [
        ...summary.matchAll(
            /^\s+([+~\-±]+-?\s*)?(\d+ (?:created|updated|deleted|replaced|unchanged))/gm,
        ),
    ];
    return counts.map(([, , count]) => count).join(", ");
}
