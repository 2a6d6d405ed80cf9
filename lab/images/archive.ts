import { createHash } from "node:crypto";
import { linkSync, mkdirSync, rmSync, writeFileSync } from "node:fs";
import path from "node:path";
import { run } from "../host/run";
import { DETERMINISTIC_TAR } from "./layers";

/** An image, as far as a runtime is concerned. */
export interface Image {
    /** For example `lab/nginx:1.26`. */
    readonly reference: string;
    readonly layers: readonly Layer[];
    /** `Cmd`, `Entrypoint`, `Env`, `User`, `WorkingDir` of the image specification. */
    readonly config: Readonly<Record<string, unknown>>;
}

export interface Layer {
    /** Path of an uncompressed tar. */
    readonly file: string;
    /** Its SHA-256 in hex. */
    readonly digest: string;
}

/**
 * The image's configuration file; its SHA-256 is the image's identity, so it holds no time of today.
 *
 * @see https://github.com/opencontainers/image-spec/blob/main/config.md
 */
export function imageConfig({ reference, layers, config }: Image): string {
    return JSON.stringify({
        architecture: "amd64",
        os: "linux",
        created: "1970-01-01T00:00:00Z",
        config,
        rootfs: { type: "layers", diff_ids: layers.map((layer) => `sha256:${layer.digest}`) },
        history: layers.map(() => ({ created_by: reference })),
    });
}

/** SHA-256 in hex of the image's configuration. */
export function imageId(image: Image): string {
    return createHash("sha256").update(imageConfig(image)).digest("hex");
}

/** Small files of a docker-archive: the manifest, and one configuration an image. */
export function archiveIndex(images: readonly Image[]): Record<string, string> {
    const manifest = images.map((image) => ({
        Config: `${imageId(image)}.json`,
        RepoTags: [image.reference],
        Layers: image.layers.map((layer) => `${layer.digest}/layer.tar`),
    }));
    const configs = images.map((image) => [`${imageId(image)}.json`, imageConfig(image)] as const);
    return { ...Object.fromEntries(configs), "manifest.json": JSON.stringify(manifest) };
}

/**
 * Writes a docker-archive for `ctr images import`; a layer that several images share is in it once.
 *
 * @param folder scratch folder on the file system of the layers, emptied first and removed afterwards
 */
export async function writeArchive(
    images: readonly Image[],
    archive: string,
    folder: string,
): Promise<void> {
    rmSync(folder, { recursive: true, force: true });
    mkdirSync(folder, { recursive: true });
    const layers = new Map(
        images.flatMap((image) => image.layers).map((layer) => [layer.digest, layer.file]),
    );
    for (const [digest, file] of layers) {
        mkdirSync(path.join(folder, digest));
        linkSync(file, path.join(folder, digest, "layer.tar"));
    }
    for (const [name, text] of Object.entries(archiveIndex(images)))
        writeFileSync(path.join(folder, name), text);
    await run("tar", [...DETERMINISTIC_TAR, "-C", folder, "-cf", archive, "."]);
    rmSync(folder, { recursive: true });
}
