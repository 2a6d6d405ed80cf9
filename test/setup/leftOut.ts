import { readFileSync } from "node:fs";
import { join } from "node:path";

/**
 * Test files of the engine and cluster lists that `make conformance` does not run, and why: each needs the machine that the lab's
 * cluster runs on, or the lab's engine. They are not loaded, so none counts as passed.
 */
export const leftOut = JSON.parse(
    readFileSync(join(__dirname, "leftOutFiles.json"), "utf8"),
) as Readonly<Record<string, string>>;
