import { shortestPassphrase } from "./encryptedKey";
import { readText } from "./files";
import { Refusal } from "./refusal";
import type { Terminal } from "./terminal";

/** The passphrase of a key that exists: the file's, else what is typed. */
export async function passphraseOf(terminal: Terminal, file: string | undefined): Promise<string> {
    return file === undefined
        ? typed(await terminal.askHidden("Passphrase of the root: "))
        : fromFile(file);
}

/**
 * The passphrase of a new key: the file's, else what is typed twice.
 *
 * @throws a Refusal, if it is too short, or if the two differ
 */
export async function newPassphrase(terminal: Terminal, file: string | undefined): Promise<string> {
    const passphrase = await passphraseOf(terminal, file);
    const length = Array.from(passphrase).length;
    if (length < shortestPassphrase)
        throw new Refusal(
            `[passphrase] has ${length} characters; allowed ${shortestPassphrase} or more: take six words by dice`,
        );
    if (file !== undefined) return passphrase;
    if (typed(await terminal.askHidden("Once more: ")) === passphrase) return passphrase;
    throw new Refusal("[passphrase] was typed differently the second time; begin again");
}

function typed(line: string | undefined): string {
    if (line !== undefined) return line;
    throw new Refusal(
        "[passphrase] cannot be typed here; allowed a terminal, or --passphrase-file FILE",
    );
}

/** Without the line's end that editors put there. */
const fromFile = (file: string): string =>
    readText("--passphrase-file", file).replace(/\r?\n$/, "");
