import { spawn } from "node:child_process";
import { text } from "node:stream/consumers";
import { codeOf } from "./errors";

export interface ToolRun {
    /** Null where the tool was stopped at its limit. */
    readonly exitCode: number | null;
    readonly stdout: string;
    readonly stderr: string;
}

export interface ToolCall {
    readonly command: string;
    readonly args: readonly string[];
    readonly cwd?: string;
    readonly limitSeconds: number;
}

/**
 * Runs another program to its end, or to its limit; then it is killed with all that it started.
 *
 * @throws Error where the program is not there or cannot be started
 */
export async function runTool({ command, args, cwd, limitSeconds }: ToolCall): Promise<ToolRun> {
    // A process group of its own: scanners are shell scripts with many children.
    const child = spawn(command, args, { cwd, detached: true, stdio: ["ignore", "pipe", "pipe"] });
    const timer = setTimeout(() => {
        killGroup(child.pid);
    }, limitSeconds * 1000);
    const ended = new Promise<number | null>((resolve, reject) => {
        child.on("error", (error) => {
            reject(codeOf(error) === "ENOENT" ? new Error(`${command} is not on PATH`) : error);
        });
        child.on("close", resolve);
    });
    try {
        const [exitCode, stdout, stderr] = await Promise.all([
            ended,
            text(child.stdout),
            text(child.stderr),
        ]);
        return { exitCode, stdout, stderr };
    } finally {
        clearTimeout(timer);
    }
}

function killGroup(pid: number | undefined): void {
    if (pid === undefined) return;
    try {
        process.kill(-pid, "SIGKILL");
    } catch {
        // It ended in the same moment.
    }
}
