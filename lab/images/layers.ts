import { createHash } from "node:crypto";
import {
    copyFileSync,
    createReadStream,
    existsSync,
    mkdirSync,
    readFileSync,
    renameSync,
    rmSync,
    statSync,
    utimesSync,
    writeFileSync,
} from "node:fs";
import path from "node:path";
import type { LabPaths } from "../cache";
import { contentKey } from "../host/files";
import { withLock } from "../host/lock";
import { run } from "../host/run";

/** Files of a layer: absolute path inside the image, and the file of this machine that is put there. */
export type LayerFiles = Readonly<Record<string, string>>;

/** Makes tar write the same bytes for the same files. */
export const DETERMINISTIC_TAR = [
    "--sort=name",
    "--mtime=@0",
    "--owner=0",
    "--group=0",
    "--numeric-owner",
];

/**
 * Writes the files as an uncompressed layer into the cache, if it is not there.
 *
 * @returns path of the layer's tar, named by the hash of what is in it
 */
export async function ensureLayer(files: LayerFiles, paths: LabPaths): Promise<string> {
    const entries = Object.entries(files).sort(([left], [right]) => left.localeCompare(right));
    const key = contentKey(
        entries.flatMap(([target, source]) => [
            target,
            modeOf(source).toString(8),
            readFileSync(source),
        ]),
    );
    const layer = path.join(paths.images, `layer-${key}.tar`);
    return withLock(layer, async () => {
        if (!existsSync(layer))
            await writeLayer(entries, layer, path.join(paths.temporary, `layer-${key}`));
        return layer;
    });
}

async function writeLayer(
    entries: readonly [string, string][],
    layer: string,
    folder: string,
): Promise<void> {
    rmSync(folder, { recursive: true, force: true });
    for (const [target, source] of entries) {
        const copy = path.join(folder, target);
        mkdirSync(path.dirname(copy), { recursive: true });
        copyFileSync(source, copy);
    }
    await run("chmod", ["-R", "u=rwX,go=rX", folder]);
    await run("tar", [...DETERMINISTIC_TAR, "-C", folder, "-cf", `${layer}.partial`, "."]);
    renameSync(`${layer}.partial`, layer);
    rmSync(folder, { recursive: true });
}

/** What of a file's mode reaches the image: whether it can be run. */
function modeOf(file: string): number {
    return (statSync(file).mode & 0o100) === 0 ? 0o644 : 0o755;
}

/** SHA-256 of a layer's tar in hex; remembered beside it for as long as the tar is not touched. */
export async function layerDigest(layer: string): Promise<string> {
    const remembered = `${layer}.sha256`;
    const { mtime } = statSync(layer);
    if (existsSync(remembered) && statSync(remembered).mtimeMs === mtime.getTime())
        return readFileSync(remembered, "utf8");
    const hash = createHash("sha256");
    for await (const chunk of createReadStream(layer)) hash.update(chunk as Buffer);
    const digest = hash.digest("hex");
    writeFileSync(remembered, digest);
    utimesSync(remembered, mtime, mtime);
    return digest;
}
