import { createInterface, type Interface } from "node:readline";
import { Writable } from "node:stream";

/** The one who performs the ceremony. */
export interface Terminal {
    /** Shows a line. */
    readonly show: (line: string) => void;
    /** Asks for a line; undefined at the end of the input. */
    readonly ask: (question: string) => Promise<string | undefined>;
    /** Asks for a line that is not shown; undefined where nobody can be asked without showing it. */
    readonly askHidden: (question: string) => Promise<string | undefined>;
}

/** The terminal of this process. Questions go to standard error, so that what is shown can be kept in a file. */
export const processTerminal: Terminal = {
    show: (line) => {
        process.stdout.write(`${line}\n`);
    },
    ask: (question) =>
        readLine(process.stderr, (lines) => {
            lines.setPrompt(question);
            lines.prompt();
        }),
    askHidden: async (question) => {
        if (!process.stdin.isTTY) return undefined;
        const line = await readLine(nowhere(), () => {
            process.stderr.write(question);
        });
        process.stderr.write("\n");
        return line;
    },
};

/**
 * Readline turns the terminal's own echo off and writes each key to `output` instead.
 *
 * @param begin puts the question, once the echo is off: who answers at once is not shown either
 */
function readLine(
    output: NodeJS.WritableStream,
    begin: (lines: Interface) => void,
): Promise<string | undefined> {
    const lines = createInterface({
        input: process.stdin,
        output,
        terminal: process.stdin.isTTY,
        historySize: 0,
    });
    begin(lines);
    return new Promise((resolve) => {
        // Also after Ctrl-C and Ctrl-D, which so refuse.
        lines.once("close", () => {
            resolve(undefined);
        });
        lines.once("line", (line) => {
            resolve(line);
            lines.close();
        });
    });
}

const nowhere = (): Writable =>
    new Writable({
        write: (_chunk, _encoding, done) => {
            done();
        },
    });
