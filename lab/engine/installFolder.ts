import { mkdir, mkdtemp, readFile, rename, rm, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";

/** Name of the file in an installed folder that says what it was made from. */
const keyFile = ".installed";

export interface Folder {
    /** Where it is to lie. */
    readonly target: string;
    /** Hash of all that goes in: the folder is made anew where it is another. */
    readonly key: string;
    /** Writes the content into an empty folder. */
    readonly fill: (folder: string) => Promise<void>;
}

/** Makes a folder whole or not at all. Does nothing where it is there with the same key; tells whether it did. */
export async function installFolder({ target, key, fill }: Folder): Promise<boolean> {
    if ((await installedKey(target)) === key) return false;
    await mkdir(dirname(target), { recursive: true });
    // Beside the target, since a rename is atomic within a file system alone.
    const made = await mkdtemp(`${target}.new-`);
    try {
        await fill(made);
        await writeFile(join(made, keyFile), key);
        await rm(target, { recursive: true, force: true });
        await rename(made, target);
    } finally {
        await rm(made, { recursive: true, force: true });
    }
    return true;
}

async function installedKey(folder: string): Promise<string | undefined> {
    try {
        return await readFile(join(folder, keyFile), "utf8");
    } catch {
        return undefined;
    }
}
