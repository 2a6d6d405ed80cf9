import { init } from "./init";
import { inspect } from "./inspect";
import { initOptions, inspectOptions, signOptions } from "./options";
import { Refusal, UsageError } from "./refusal";
import { sign } from "./sign";
import type { Terminal } from "./terminal";

/** Who performs a ceremony, and when. */
export interface Ceremony {
    readonly terminal: Terminal;
    readonly now: Date;
}

export const usage = `usage:
  ceremony init --purpose workload|mesh|vpn --generation N --organization DOMAIN --not-before YYYY-MM-DD --out DIR [KEY]
  ceremony sign --root DIR --csr FILE --out FILE [--not-before YYYY-MM-DD] [--yes] [KEY]
  ceremony inspect [--csr FILE --root FILE] [--as-of YYYY-MM-DD] FILE
KEY: [--passphrase-file FILE] [--key-uri pkcs11:...|file:... [--engine NAME]]`;

/**
 * Runs one command of the offline root; it reads and writes files, and never the network.
 *
 * @returns what went wrong and the exit code: 0 done, 1 refused, 2 the command line is wrong
 */
export async function runCeremony(
    args: readonly string[],
    ceremony: Ceremony,
): Promise<{ readonly exitCode: 0 | 1 | 2; readonly error?: string }> {
    try {
        await command(args, ceremony);
        return { exitCode: 0 };
    } catch (error) {
        if (error instanceof UsageError)
            return { exitCode: 2, error: `${error.message}\n${usage}` };
        if (error instanceof Refusal) return { exitCode: 1, error: error.message };
        throw error;
    }
}

async function command([name, ...args]: readonly string[], ceremony: Ceremony): Promise<void> {
    if (name === "init") return init(initOptions(args), ceremony);
    if (name === "sign") return sign(signOptions(args, ceremony.now), ceremony);
    if (name === "inspect") {
        inspect(inspectOptions(args, ceremony.now), ceremony);
        return;
    }
    if (name === "--help") {
        ceremony.terminal.show(usage);
        return;
    }
    throw new UsageError(
        name === undefined
            ? "[command] is missing; allowed init, sign, inspect"
            : `[command] is ${JSON.stringify(name)}; allowed init, sign, inspect`,
    );
}
