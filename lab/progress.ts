import { Listr } from "listr2";

/** One step of a command. */
export interface Step {
    /** Name for `--until`. */
    readonly name: string;
    /** @returns what to say of it in a few words once it is done */
    run(report: (line: string) => void): Promise<string>;
}

export interface Output {
    /** True for a terminal: progress is drawn in place. */
    readonly terminal: boolean;
    write(line: string): void;
}

/** `cluster            12.3 s  node Ready` */
export function stepLine(name: string, milliseconds: number, result: string): string {
    return `${name.padEnd(14)}${(milliseconds / 1000).toFixed(1).padStart(7)} s  ${result}`.trimEnd();
}

/**
 * Runs steps in order, and writes one line for each with the time that it took. On a terminal the line shows meanwhile what is being done;
 * elsewhere what a step reports is not shown.
 *
 * @throws what the failing step throws, with the step's name before its message
 */
export async function runSteps(steps: readonly Step[], output: Output): Promise<void> {
    if (output.terminal) await drawn(steps).run();
    else for (const step of steps) output.write(await timed(step, () => undefined));
}

function drawn(steps: readonly Step[]): Listr {
    const tasks = steps.map((step) => ({
        title: step.name,
        task: async (_: unknown, task: { title: string; output: string }): Promise<void> => {
            task.title = await timed(step, (line) => {
                task.output = line;
            });
        },
    }));
    return new Listr(tasks, { exitOnError: true, rendererOptions: { showErrorMessage: false } });
}

async function timed(step: Step, report: (line: string) => void): Promise<string> {
    const started = performance.now();
    try {
        const result = await step.run(report);
        return stepLine(step.name, performance.now() - started, result);
    } catch (error) {
        throw new Error(`${step.name}: ${error instanceof Error ? error.message : String(error)}`, {
            cause: error,
        });
    }
}
