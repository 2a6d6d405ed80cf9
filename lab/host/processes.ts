import { spawn } from "node:child_process";
import { closeSync, mkdirSync, openSync, readFileSync, rmSync } from "node:fs";
import path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";

/** A process of ours. The number alone may by now be somebody else's; number and start time are not. */
export interface ProcessRecord {
    readonly pid: number;
    /** Clock ticks since boot, field 22 of `/proc/PID/stat`. */
    readonly startTime: string;
}

/** What runs under this number now; undefined for none and for a zombie. */
export function identify(pid: number): ProcessRecord | undefined {
    let stat: string;
    try {
        stat = readFileSync(`/proc/${pid}/stat`, "utf8");
    } catch {
        return undefined;
    }
    // The command in brackets may hold spaces and brackets of its own: count from the last one.
    const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
    const [state, startTime] = [fields[0], fields[19]];
    if (startTime === undefined || state === "Z" || state === "X") return undefined;
    return { pid, startTime };
}

export function isRunning(record: ProcessRecord): boolean {
    return identify(record.pid)?.startTime === record.startTime;
}

/** Reads `PID START` as a started process wrote it; undefined where there is none. */
export function readRecord(file: string): ProcessRecord | undefined {
    let text: string;
    try {
        text = readFileSync(file, "utf8");
    } catch {
        return undefined;
    }
    const [, pid, startTime] = /^(\d+) (\d+)\n$/.exec(text) ?? [];
    return pid === undefined || startTime === undefined
        ? undefined
        : { pid: Number(pid), startTime };
}

/** Sends a signal to exactly this process; false where it is gone. */
export function signal(record: ProcessRecord, name: NodeJS.Signals): boolean {
    if (!isRunning(record)) return false;
    try {
        return process.kill(record.pid, name);
    } catch {
        return false;
    }
}

/** Ends a process: SIGTERM, then SIGKILL after `graceMs`; resolves when it is gone. A stranger under its number is left alone. */
export async function end(record: ProcessRecord, graceMs: number): Promise<void> {
    if (graceMs > 0) signal(record, "SIGTERM");
    const deadline = Date.now() + graceMs;
    while (isRunning(record)) {
        if (Date.now() >= deadline) signal(record, "SIGKILL");
        await sleep(20);
    }
}

export interface DetachedProcess {
    /** Where the process itself writes its number and start time before it does anything else. */
    readonly record: string;
    readonly log: string;
    readonly command: readonly [string, ...string[]];
    readonly env?: NodeJS.ProcessEnv;
}

// The process records itself: if we are killed between starting it and writing down who it is, it is still known.
const RECORD_THEN_EXEC =
    'read -r stat < /proc/$$/stat; set -- "$1" $stat -- "$@"; echo "$$ ${23}" > "$1.tmp"; mv "$1.tmp" "$1"; ' +
    'while [ "$1" != -- ]; do shift; done; shift 2; exec "$@"';

/**
 * Starts a process in a session of its own, so that it outlives us and does not get the signals of our group.
 *
 * All three standard streams are detached: a daemon that keeps a pipe open hangs whoever waits for its end.
 */
export async function startDetached(start: DetachedProcess): Promise<ProcessRecord> {
    rmSync(start.record, { force: true });
    for (const file of [start.record, start.log])
        mkdirSync(path.dirname(file), { recursive: true });
    const log = openSync(start.log, "a");
    const child = spawn("/bin/sh", ["-c", RECORD_THEN_EXEC, "sh", start.record, ...start.command], {
        detached: true,
        stdio: ["ignore", log, log],
        env: start.env ?? process.env,
        cwd: "/",
    });
    const failed = new Promise<never>((_, reject) => child.once("error", reject));
    child.unref();
    closeSync(log);
    return Promise.race([waitForRecord(start), failed]);
}

async function waitForRecord({ record, log, command }: DetachedProcess): Promise<ProcessRecord> {
    for (let attempt = 0; attempt < 500; attempt++) {
        const written = readRecord(record);
        if (written !== undefined) return written;
        await sleep(10);
    }
    throw new Error(`${command[0]} did not start within 5 s; see ${log}`);
}
