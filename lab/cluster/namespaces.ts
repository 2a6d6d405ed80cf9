import { existsSync, readdirSync, readFileSync, rmSync } from "node:fs";
import path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import {
    end,
    identify,
    isRunning,
    readRecord,
    startDetached,
    type ProcessRecord,
} from "../host/processes";
import type { ClusterFiles } from "./files";
import { cluster } from "./settings";

const INIT_SCRIPT = path.join(__dirname, "init.sh");

/** A process of the cluster, known by the name of its record and log. */
export interface Daemon {
    readonly name: string;
    readonly command: readonly [string, ...string[]];
    readonly env?: NodeJS.ProcessEnv;
}

function recordOf(files: ClusterFiles, name: string): string {
    return path.join(files.records, name);
}

/** The process that holds the namespaces: everything in them ends with it. */
function initProcess(files: ClusterFiles): ProcessRecord | undefined {
    const unshare = readRecord(recordOf(files, "namespaces"));
    return unshare === undefined || !isRunning(unshare) ? undefined : onlyChild(unshare);
}

/** `unshare` and `nsenter` stay outside as parents of what runs inside; the child is the process meant. */
function onlyChild(parent: ProcessRecord): ProcessRecord | undefined {
    try {
        const [child] = readFileSync(`/proc/${parent.pid}/task/${parent.pid}/children`, "utf8")
            .trim()
            .split(" ");
        return child === undefined || child === "" ? undefined : identify(Number(child));
    } catch {
        return undefined;
    }
}

/** Makes the namespaces and waits until their first process has set them up. */
export async function createNamespaces(files: ClusterFiles): Promise<void> {
    const ready = path.join(files.root, "namespaces-ready");
    rmSync(ready, { force: true });
    const init = [
        "/bin/bash",
        INIT_SCRIPT,
        cluster.nodeAddress,
        ready,
        ...cluster.loadBalancerAddresses,
    ];
    const started = await startDetached({
        record: recordOf(files, "namespaces"),
        log: path.join(files.log, "namespaces.log"),
        command: ["unshare", "-m", "-n", "-p", "-f", "--kill-child=KILL", "--mount-proc", ...init],
    });
    while (!existsSync(ready)) {
        if (!isRunning(started))
            throw new Error(`the cluster's namespaces failed; see ${files.log}/namespaces.log`);
        await sleep(20);
    }
}

/** Starts a daemon inside the namespaces, unless it runs. */
export async function startInside(files: ClusterFiles, daemon: Daemon): Promise<void> {
    if (daemonRuns(files, daemon.name)) return;
    await startOutside(files, { ...daemon, command: [...insideCommand(files), ...daemon.command] });
}

/**
 * What to put before a command so that it runs inside.
 *
 * @throws if the namespaces are gone
 */
export function insideCommand(files: ClusterFiles): [string, ...string[]] {
    const init = initProcess(files);
    if (init === undefined) throw new Error("the cluster's namespaces are gone; run up again");
    return ["nsenter", "-t", String(init.pid), "-m", "-n", "-p", "--"];
}

/** Starts a daemon of the cluster in the host's namespaces, unless it runs. */
export async function startOutside(files: ClusterFiles, daemon: Daemon): Promise<void> {
    if (daemonRuns(files, daemon.name)) return;
    await startDetached({
        record: recordOf(files, daemon.name),
        log: path.join(files.log, `${daemon.name}.log`),
        command: daemon.command,
        ...(daemon.env === undefined ? {} : { env: daemon.env }),
    });
}

export function daemonRuns(files: ClusterFiles, name: string): boolean {
    const record = readRecord(recordOf(files, name));
    return record !== undefined && isRunning(record);
}

export function namespacesExist(files: ClusterFiles): boolean {
    return initProcess(files) !== undefined;
}

/** The daemon's own process, as the host numbers it; undefined where it does not run. */
export function daemonProcess(files: ClusterFiles, name: string): ProcessRecord | undefined {
    const record = readRecord(recordOf(files, name));
    return record === undefined || !isRunning(record) ? undefined : (onlyChild(record) ?? record);
}

/** Ends one daemon; its record stays and says that it is gone. */
export async function stopDaemon(files: ClusterFiles, name: string, graceMs = 5000): Promise<void> {
    const [wrapper, daemon] = [readRecord(recordOf(files, name)), daemonProcess(files, name)];
    if (daemon !== undefined) await end(daemon, graceMs);
    if (wrapper !== undefined) await end(wrapper, graceMs);
}

/**
 * Ends the namespaces and with them all that runs inside.
 *
 * What was started goes first: `nsenter` and `unshare` are the parents of what runs inside, and the kernel ends a PID namespace
 * only when every process in it is reaped, which a parent that somebody has stopped never does.
 */
export async function destroyNamespaces(files: ClusterFiles): Promise<void> {
    const init = initProcess(files);
    for (const name of existsSync(files.records) ? readdirSync(files.records) : []) {
        const started = readRecord(recordOf(files, name));
        if (started !== undefined) await end(started, 0);
    }
    if (init !== undefined) await end(init, 0);
}
