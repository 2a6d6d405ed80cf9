import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Hop } from "../hop";

/** Files of one run of a scanner; gone when it ends. No key among them. */
export interface Workspace {
    /** The hop's trust bundle. */
    readonly trustFile: string;
    /** Where the scanner writes its findings. */
    readonly findingsFile: string;
}

/** Does something with a folder of its own, and removes it whatever happens. */
export async function inWorkspace<T>(hop: Hop, work: (files: Workspace) => Promise<T>): Promise<T> {
    const folder = await mkdtemp(join(tmpdir(), "verify-"));
    try {
        const trustFile = join(folder, "ca.pem");
        await writeFile(trustFile, hop.trustBundle);
        return await work({ trustFile, findingsFile: join(folder, "findings.json") });
    } finally {
        await rm(folder, { recursive: true, force: true });
    }
}
