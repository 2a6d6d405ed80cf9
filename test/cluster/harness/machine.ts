import { execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync } from "node:fs";
import path from "node:path";
import { createInterface } from "node:readline";
import { labPaths, projectRoot, type LabPaths } from "../../../lab/cache";

/** A second lab on this machine, with what was built for the first: its cluster may be killed without harm to anybody. */
export interface SecondLab {
    readonly paths: LabPaths;
    readonly env: NodeJS.ProcessEnv;
    remove(): void;
}

export function secondLab(): SecondLab {
    const first = labPaths();
    // Beside the first, so that images can be shared by hard links.
    const cacheHome = mkdtempSync(path.join(path.dirname(first.root), "second-lab-"));
    const paths = labPaths({ XDG_CACHE_HOME: cacheHome });
    mkdirSync(paths.root);
    for (const [from, to] of [
        [first.bin, paths.bin],
        [first.images, paths.images],
        [first.tools, paths.tools],
    ] as const) {
        execFileSync("cp", ["-al", from, to]);
    }
    symlinkSync(first.go, paths.go);
    return {
        paths,
        env: { ...process.env, XDG_CACHE_HOME: cacheHome },
        remove: () => {
            rmSync(cacheHome, { recursive: true });
        },
    };
}

/** Runs a command of the lab to its end. @returns what it wrote; throws on another exit code than 0 */
export function lab(env: NodeJS.ProcessEnv, ...args: string[]): string {
    return execFileSync("tsx", ["lab/main.ts", ...args], {
        cwd: projectRoot,
        env,
        encoding: "utf8",
    });
}

/**
 * Starts `up` in a process group of its own and kills the whole group without warning.
 *
 * @param step the kill comes when this step has ended
 * @param afterMs and this much later
 */
export async function killedUp(
    env: NodeJS.ProcessEnv,
    until: string,
    { step, afterMs = 0 }: { step: string; afterMs?: number },
): Promise<void> {
    const child = spawn("tsx", ["lab/main.ts", "up", "--until", until], {
        cwd: projectRoot,
        env,
        detached: true,
        stdio: ["ignore", "pipe", "inherit"],
    });
    const closed = once(child, "close");
    for await (const line of createInterface({ input: child.stdout })) {
        if (line.startsWith(`${step} `)) break;
    }
    await new Promise((resolve) => setTimeout(resolve, afterMs));
    if (child.pid === undefined || child.exitCode !== null) {
        throw new Error(`up --until ${until} ended before it could be killed after ${step}`);
    }
    process.kill(-child.pid, "SIGKILL");
    child.stdout.destroy();
    await closed;
}

/** Settings of the whole machine that a kubelet changes where it may. */
const TUNABLES = [
    "vm/overcommit_memory",
    "vm/panic_on_oom",
    "kernel/panic",
    "kernel/panic_on_oops",
];

/** Folders in which daemons like to make something. */
const WATCHED = [
    "/run",
    "/run/netns",
    "/etc",
    "/etc/cni",
    "/opt",
    "/usr/libexec",
    "/var/lib",
    "/var/log",
];

/** What a cluster could leave behind on a machine, apart from files in its cache. */
export function machineState(cacheHome: string): Record<string, unknown> {
    const list = (folder: string): string[] => {
        try {
            return readdirSync(folder).sort();
        } catch {
            return [];
        }
    };
    const shown = (command: string, ...args: string[]): string =>
        execFileSync(command, args, { encoding: "utf8" });
    const controllers = list("/sys/fs/cgroup").map((name) => path.join("/sys/fs/cgroup", name));
    return {
        // Of others: clusters of other tests may come and go.
        processes: processesNaming(cacheHome),
        mounts: readFileSync("/proc/self/mounts", "utf8")
            .split("\n")
            .filter((line) => line.includes(cacheHome)),
        links: shown("ip", "-o", "link").replaceAll(/^\d+: /gm, ""),
        addresses: shown("ip", "-o", "-4", "address").replaceAll(/^\d+: /gm, ""),
        routes: shown("ip", "route"),
        rules: shown("nft", "list", "ruleset"),
        cgroups: controllers.flatMap((folder) =>
            list(folder).filter((name) => name.startsWith("encryption-in-transit")),
        ),
        tunables: TUNABLES.map((name) => readFileSync(path.join("/proc/sys", name), "utf8")),
        files: Object.fromEntries(WATCHED.map((folder) => [folder, list(folder)])),
    };
}

/** Command lines that name a folder. */
export function processesNaming(folder: string): string[] {
    const numbers = readdirSync("/proc").filter((name) => /^\d+$/.test(name));
    return numbers.flatMap((number) => {
        try {
            const line = readFileSync(`/proc/${number}/cmdline`, "utf8").replaceAll("\0", " ");
            return line.includes(folder) ? [line] : [];
        } catch {
            return [];
        }
    });
}
