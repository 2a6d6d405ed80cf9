import { isWhole, readConfig } from "../stacks/config";
import type { Config } from "../stacks/schema";
import { readStackFile } from "../stacks/stackFile";

const conformanceStack = process.env.CONFORMANCE_STACK;

/** Whether the lab is what is tested, or else a stack and a cluster of the user's: `make conformance`. */
export const isLab = conformanceStack === undefined;

/** Stack that the engine and cluster lists run against. */
export const stack = conformanceStack ?? "lab";

/** What the stack's file says. */
export function stackConfig(): Config {
    const { config, errors } = readConfig("encryption-in-transit", readStackFile(stack));
    if (!isWhole(config)) throw new Error(errors.join("\n"));
    return config;
}
