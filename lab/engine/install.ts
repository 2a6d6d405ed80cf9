import { createHash } from "node:crypto";
import { copyFile, link, readdir, readFile, stat } from "node:fs/promises";
import { join, relative } from "node:path";
import { nodeBinary } from "../cache";
import { installFolder } from "./installFolder";
import { writeNodeProgram } from "./nodeProgram";
import { labPlugins, pluginFolder, sdkVersion } from "./plugins";

export interface EngineArgs {
    /** The lab's folder. */
    readonly cache: string;
    /** The `pulumi` that was built, of the version of the SDK in node_modules. */
    readonly pulumiBinary: string;
}

export interface Engine {
    /** Folder to put in front of PATH. */
    readonly bin: string;
    /** Variables under which `pulumi` is to run. */
    readonly env: Record<string, string>;
}

/**
 * Lays out the engine: `pulumi` with the language host beside it, where it counts as the bundled one, and a PULUMI_HOME with the
 * provider plugins as `pulumi plugin install` would lay them. What is there and made from the same sources is left alone.
 */
export async function installEngine({ cache, pulumiBinary }: EngineArgs): Promise<Engine> {
    const bin = join(cache, "engine", sdkVersion("pulumi"));
    const home = join(cache, "pulumi-home");
    const sources = await hashOfSources();
    const { size, mtimeMs } = await stat(pulumiBinary);
    await Promise.all([
        installFolder({
            target: bin,
            key: `${sources} ${size} ${mtimeMs}`,
            fill: async (folder) => {
                await linkOrCopy(pulumiBinary, join(folder, "pulumi"));
                const main = join(__dirname, "main.ts");
                await writeNodeProgram({ main, folder, name: "pulumi-language-nodejs" });
            },
        }),
        ...labPlugins().map((plugin) =>
            installFolder({
                target: pluginFolder(home, plugin),
                key: sources,
                fill: (folder) =>
                    writeNodeProgram({
                        main: plugin.main,
                        folder,
                        name: `pulumi-resource-${plugin.name}`,
                    }),
            }),
        ),
    ]);
    return { bin, env: environment(home) };
}

function environment(home: string): Record<string, string> {
    return {
        PULUMI_HOME: home,
        PULUMI_SKIP_UPDATE_CHECK: "true",
        // What is not installed is an error that says so, not an attempt to reach the internet.
        PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION: "true",
        // `tsc` is the gate for types; checking them at every start costs four seconds.
        PULUMI_NODEJS_TRANSPILE_ONLY: "true",
        // Whatever other node is first on PATH.
        LAB_NODE: nodeBinary,
    };
}

/** A hash of everything that the bundles are made from. */
async function hashOfSources(): Promise<string> {
    const lab = join(__dirname, "..");
    const folders = [join(lab, "engine"), join(lab, "providers")];
    const files = (await Promise.all(folders.map(typeScriptFiles))).flat().sort();
    const hash = createHash("sha256");
    for (const file of [...files, join(lab, "..", "package-lock.json")]) {
        hash.update(`${relative(lab, file)}\n`).update(await readFile(file));
    }
    return hash.digest("hex");
}

async function typeScriptFiles(folder: string): Promise<string[]> {
    const entries = await readdir(folder, { recursive: true, withFileTypes: true });
    return entries
        .filter((entry) => entry.isFile() && entry.name.endsWith(".ts"))
        .map((entry) => join(entry.parentPath, entry.name));
}

async function linkOrCopy(from: string, to: string): Promise<void> {
    try {
        await link(from, to);
    } catch {
        await copyFile(from, to);
    }
}
