import { readdirSync, readFileSync } from "node:fs";
import { eventually, type Platform } from "./platform";

/**
 * Processes whose program is called `name`, whatever namespace they run in.
 *
 * @throws if there is none: a fault that hits nobody proves nothing
 */
export function processesOf(name: string): number[] {
    const found = processes().filter((pid) => programOf(pid).includes(name));
    if (found.length === 0) throw new Error(`no process of ${name} runs`);
    return found;
}

const processes = (): number[] =>
    readdirSync("/proc")
        .filter((entry) => /^\d+$/.test(entry))
        .map(Number);

const programOf = (pid: number): string => textOf(pid, "cmdline").split("\0")[0] ?? "";

function textOf(pid: number, file: string): string {
    try {
        return readFileSync(`/proc/${pid}/${file}`, "utf8");
    } catch {
        return ""; // it ended meanwhile
    }
}

/** A pod that runs. */
export interface Pod {
    readonly name: string;
    readonly uid: string;
    readonly ready: boolean;
}

/** The pods of a workload. */
export async function podsOf(
    { core }: Platform,
    { namespace, workload }: { readonly namespace: string; readonly workload: string },
): Promise<Pod[]> {
    const labelSelector = `app=${workload}`;
    const { items } = await core.listNamespacedPod({ namespace, labelSelector });
    return items.map(({ metadata, status }) => ({
        name: metadata?.name ?? "",
        uid: metadata?.uid ?? "",
        ready: (status?.conditions ?? []).some((it) => it.type === "Ready" && it.status === "True"),
    }));
}

/**
 * Kills every process of a pod at once and without warning, its network's holder too, as when a machine loses power.
 *
 * @throws if there is none: a fault that hits nobody proves nothing
 */
export function killPod({ name, uid }: Pod): void {
    const pids = processes().filter((pid) => textOf(pid, "cgroup").includes(`pod${uid}`));
    if (pids.length === 0) throw new Error(`no process of pod ${name} runs`);
    pids.forEach(kill);
}

function kill(pid: number): void {
    try {
        process.kill(pid, "SIGKILL");
    } catch (error) {
        // It went with the one it waited for.
        if ((error as NodeJS.ErrnoException).code !== "ESRCH") throw error;
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
