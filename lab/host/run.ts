import { spawn } from "node:child_process";

export interface RunOptions {
    readonly cwd?: string;
    /** Added to our own environment. */
    readonly env?: NodeJS.ProcessEnv;
    readonly input?: string | Uint8Array;
    /** Resolves with any exit code instead of rejecting. Default false. */
    readonly allowFailure?: boolean;
    /** How many of the last lines of output the error of a failed command says. Default 15. */
    readonly errorLines?: number;
    /** Called with each line of both streams as it comes. */
    readonly onLine?: (line: string) => void;
}

export interface RunResult {
    readonly exitCode: number;
    readonly stdout: string;
    readonly stderr: string;
}

/**
 * Runs a command to its end, without a shell and without a terminal.
 *
 * @throws an Error that says the command, its exit code or signal, and the end of its output
 */
export function run(
    command: string,
    args: readonly string[],
    options: RunOptions = {},
): Promise<RunResult> {
    return new Promise((resolve, reject) => {
        const child = spawn(command, args, {
            cwd: options.cwd,
            env: { ...process.env, ...options.env },
            stdio: [options.input === undefined ? "ignore" : "pipe", "pipe", "pipe"],
        });
        const output = { stdout: "", stderr: "" };
        for (const name of ["stdout", "stderr"] as const) {
            const lines = lineReader(options.onLine);
            child[name]?.setEncoding("utf8").on("data", (text: string) => {
                output[name] += text;
                lines(text);
            });
        }
        child.once("error", (error) => {
            reject(new Error(`${command}: ${error.message}`));
        });
        child.once("close", (code, killedBy) => {
            if (code === 0 || (options.allowFailure === true && code !== null)) {
                resolve({ exitCode: code, ...output });
                return;
            }
            const how =
                code === null ? `was ended by ${killedBy ?? "a signal"}` : `exited with ${code}`;
            const end = `${output.stdout}\n${output.stderr}`
                .trim()
                .split("\n")
                .slice(-(options.errorLines ?? 15))
                .join("\n");
            reject(new Error(`${command} ${args.slice(0, 3).join(" ")} ${how}:\n${end}`));
        });
        // A command that does not read its input to the end is no error of ours; its exit code tells.
        child.stdin?.on("error", () => undefined).end(options.input);
    });
}

function lineReader(onLine: ((line: string) => void) | undefined): (text: string) => void {
    let rest = "";
    return (text) => {
        const lines = (rest + text).split("\n");
        rest = lines.pop() ?? "";
        for (const line of lines) if (line.trim() !== "") onLine?.(line);
    };
}
