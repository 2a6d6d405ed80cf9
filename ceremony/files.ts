import {
    accessSync,
    constants,
    existsSync,
    mkdirSync,
    readdirSync,
    readFileSync,
    writeFileSync,
} from "node:fs";
import { dirname, join } from "node:path";
import { Refusal } from "./refusal";

/** Where the files of a root lie in its folder. */
export const rootFiles = (folder: string) => ({
    certificate: join(folder, "root.crt"),
    key: join(folder, "root.key"),
    log: join(folder, "signed.jsonl"),
});

/**
 * The text of a file.
 *
 * @param argument the option that named it
 */
export function readText(argument: string, file: string): string {
    try {
        return readFileSync(file, "utf8");
    } catch (error) {
        throw new Refusal(
            `[${argument}] ${file} cannot be read (${codeOf(error)}); allowed the path of a file`,
        );
    }
}

/** Writes a file that must not exist: nothing is ever written over. Mode 0600. */
export function writeNew(argument: string, file: string, text: string): void {
    try {
        writeFileSync(file, text, { flag: "wx", mode: 0o600 });
    } catch (error) {
        throw new Refusal(unwritable(argument, file, error));
    }
}

/** Refuses a file that could not be written later, when its content can no longer be taken back. */
export function refuseUnwritable(argument: string, file: string): void {
    if (existsSync(file))
        throw new Refusal(`[${argument}] ${file} exists; allowed a new file: choose another name`);
    try {
        accessSync(dirname(file), constants.W_OK);
    } catch (error) {
        throw new Refusal(unwritable(argument, file, error));
    }
}

/** Refuses a folder that holds something, before anybody is asked anything. */
export function refuseUsedFolder(argument: string, folder: string): void {
    if (existsSync(folder) && entriesOf(argument, folder).length > 0)
        throw new Refusal(
            `[${argument}] ${folder} is not empty; allowed a new or an empty folder: a root is made once`,
        );
}

/** Makes a folder that its owner alone enters. */
export function makeFolder(argument: string, folder: string): void {
    try {
        mkdirSync(folder, { recursive: true, mode: 0o700 });
    } catch (error) {
        throw new Refusal(
            `[${argument}] ${folder} cannot be made (${codeOf(error)}); allowed a new or an empty folder`,
        );
    }
}

function entriesOf(argument: string, folder: string): string[] {
    try {
        return readdirSync(folder);
    } catch (error) {
        throw new Refusal(
            `[${argument}] ${folder} cannot be read (${codeOf(error)}); allowed a new or an empty folder`,
        );
    }
}

const unwritable = (argument: string, file: string, error: unknown): string =>
    `[${argument}] ${file} cannot be written (${codeOf(error)}); allowed a new file in a folder that exists`;

const codeOf = (error: unknown): string => (error as NodeJS.ErrnoException).code ?? "unknown";
