import { spawn, type ChildProcess, type SpawnOptions } from "node:child_process";
import { constants } from "node:os";

const gracePeriodMs = 5_000;

/** Processes that end with the one who asked for them, at the latest with this process. */
export class Children {
    readonly #running = new Set<ChildProcess>();

    /** Runs node with arguments; stdin is closed, since the engine has none to give. */
    public node(args: readonly string[], options: SpawnOptions): ChildProcess {
        const child = spawn(process.execPath, args, options);
        this.#running.add(child);
        const forget = (): void => void this.#running.delete(child);
        child.on("close", forget).on("error", forget);
        return child;
    }

    /** Asks a process to end and, where it does not, ends it. */
    public stop(child: ChildProcess): void {
        if (!this.#running.has(child)) return;
        child.kill("SIGTERM");
        const timer = setTimeout(() => child.kill("SIGKILL"), gracePeriodMs);
        child.once("close", () => {
            clearTimeout(timer);
        });
    }

    /** Asks all of them to end. */
    public stopAll(): void {
        for (const child of this.#running) this.stop(child);
    }

    /** Ends all of them at once, for when this process cannot wait. */
    public killAll(): void {
        for (const child of this.#running) child.kill("SIGKILL");
    }
}

/** Resolves with the exit code, as a shell would give it for a signal, once both streams are read to the end. */
export function exitCode(child: ChildProcess): Promise<number> {
    return new Promise((resolve, reject) => {
        child.once("error", reject);
        child.once("close", (code, signal) => {
            resolve(code ?? 128 + (signal ? constants.signals[signal] : 0));
        });
    });
}
