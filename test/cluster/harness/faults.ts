import { readdirSync, readFileSync } from "node:fs";
import { eventually } from "./platform";

/**
 * Processes whose program is called `name`, whatever namespace they run in.
 *
 * @throws if there is none: a fault that hits nobody proves nothing
 */
export function processesOf(name: string): number[] {
    const found = readdirSync("/proc")
        .filter((entry) => /^\d+$/.test(entry))
        .map(Number)
        .filter((pid) => programOf(pid).includes(name));
    if (found.length === 0) throw new Error(`no process of ${name} runs`);
    return found;
}

function programOf(pid: number): string {
    try {
        return readFileSync(`/proc/${String(pid)}/cmdline`, "utf8").split("\0")[0] ?? "";
    } catch {
        return ""; // it ended meanwhile
    }
}

/** Stops processes where they stand, as a hung node would. */
export const suspend = (pids: readonly number[]): void => {
    pids.forEach((pid) => process.kill(pid, "SIGSTOP"));
};

/** Lets them run on, and looks again: `nsenter` stops once more when it hears late that its child had stopped. */
export const resume = (pids: readonly number[]): Promise<true> =>
    eventually(`run of the processes ${pids.join(", ")}`, 5_000, () => {
        const stopped = pids.filter(isStopped);
        stopped.forEach((pid) => process.kill(pid, "SIGCONT"));
        return Promise.resolve(stopped.length === 0 ? true : undefined);
    });

const isStopped = (pid: number): boolean =>
    /^State:\s+T/m.test(readFileSync(`/proc/${String(pid)}/status`, "utf8"));
