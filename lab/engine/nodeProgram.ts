import { chmod, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { build } from "esbuild";

export interface NodeProgram {
    /** The .ts file that it starts with. */
    readonly main: string;
    /** Folder that gets the bundle and the executable. */
    readonly folder: string;
    /** Name of the executable. */
    readonly name: string;
}

/**
 * Writes an executable that runs a TypeScript program: one bundled file, which starts in a tenth of a second, and a script that gives
 * it to the node on PATH, or to the one that LAB_NODE names.
 */
export async function writeNodeProgram({ main, folder, name }: NodeProgram): Promise<void> {
    await build({
        entryPoints: [main],
        outfile: join(folder, `${name}.cjs`),
        bundle: true,
        platform: "node",
        target: "node22",
        format: "cjs",
        logLevel: "error",
    });
    const script = join(folder, name);
    await writeFile(script, `#!/bin/sh\nexec "\${LAB_NODE:-node}" "\${0%/*}/${name}.cjs" "$@"\n`);
    await chmod(script, 0o755);
}
