import {
    existsSync,
    mkdirSync,
    readdirSync,
    readFileSync,
    rmdirSync,
    writeFileSync,
} from "node:fs";
import path from "node:path";

export const CGROUP_ROOT = "/sys/fs/cgroup";

/** Controllers that the kubelet sets limits with. */
const NEEDED = ["cpu", "memory", "pids"];

/** Cgroup hierarchies of this machine: one with version 2, one for each controller with version 1. */
function hierarchies(): string[] {
    if (existsSync(path.join(CGROUP_ROOT, "cgroup.controllers"))) return [CGROUP_ROOT];
    if (!existsSync(CGROUP_ROOT)) return [];
    const folders = readdirSync(CGROUP_ROOT, { withFileTypes: true }).filter((entry) =>
        entry.isDirectory(),
    );
    return folders
        .map((entry) => path.join(CGROUP_ROOT, entry.name))
        .filter((folder) => existsSync(path.join(folder, "cgroup.procs")));
}

/** Controllers that a cluster needs and this machine does not offer. */
export function missingControllers(): string[] {
    const unified = path.join(CGROUP_ROOT, "cgroup.controllers");
    const offered = existsSync(unified)
        ? readFileSync(unified, "utf8").trim().split(" ")
        : hierarchies().flatMap((folder) => path.basename(folder).split(","));
    return NEEDED.filter((controller) => !offered.includes(controller));
}

/** Makes the lab's own folder in every hierarchy: the kubelet puts its pods below it and touches no other. */
export function createCgroups(name: string): void {
    for (const hierarchy of hierarchies()) {
        const folder = path.join(hierarchy, name);
        mkdirSync(folder, { recursive: true });
        inheritCpuset(hierarchy, folder);
        if (hierarchy === CGROUP_ROOT) delegate(hierarchy, folder);
    }
}

/** Version 1: a new cpuset has no processors, and no process may enter it. */
function inheritCpuset(hierarchy: string, folder: string): void {
    for (const file of ["cpuset.cpus", "cpuset.mems"]) {
        const inherited = path.join(hierarchy, file);
        if (!existsSync(inherited) || hierarchy === CGROUP_ROOT) continue;
        writeFileSync(path.join(folder, file), readFileSync(inherited, "utf8"));
    }
}

/** Version 2: controllers reach a folder only where each one above it hands them on. */
function delegate(...folders: string[]): void {
    for (const folder of folders) {
        const offered = readFileSync(path.join(folder, "cgroup.controllers"), "utf8")
            .trim()
            .split(" ")
            .filter(Boolean);
        writeFileSync(
            path.join(folder, "cgroup.subtree_control"),
            offered.map((name) => `+${name}`).join(" "),
        );
    }
}

/** Removes the lab's folders, once their processes are gone. */
export function removeCgroups(name: string): void {
    for (const hierarchy of hierarchies()) removeTree(path.join(hierarchy, name));
}

/** A cgroup is removed by rmdir, children first; its files are the kernel's and cannot be unlinked. */
function removeTree(folder: string): void {
    if (!existsSync(folder)) return;
    for (const entry of readdirSync(folder, { withFileTypes: true })) {
        if (entry.isDirectory()) removeTree(path.join(folder, entry.name));
    }
    rmdirSync(folder);
}
