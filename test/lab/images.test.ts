import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { createFolders, labPaths, type LabPaths } from "../../lab/cache";
import {
    archiveIndex,
    imageConfig,
    imageId,
    writeArchive,
    type Image,
} from "../../lab/images/archive";
import { ensureLayer, layerDigest } from "../../lab/images/layers";

let folder: string;
let paths: LabPaths;

beforeEach(() => {
    folder = mkdtempSync(path.join(tmpdir(), "images-"));
    paths = labPaths({ XDG_CACHE_HOME: folder });
    createFolders(paths);
});
afterEach(() => {
    rmSync(folder, { recursive: true });
});

function source(name: string, content: string, mode = 0o644): string {
    const file = path.join(folder, name);
    writeFileSync(file, content);
    chmodSync(file, mode);
    return file;
}

const sha256 = (data: Uint8Array | string): string =>
    createHash("sha256").update(data).digest("hex");
const tar = (...args: string[]): string => execFileSync("tar", args, { encoding: "utf8" });

describe("a layer", () => {
    it("holds the files at their paths, owned by root, closed to writing by others", async () => {
        const layer = await ensureLayer(
            { "/app/server.js": source("a", "x"), "/bin/node": source("b", "y", 0o700) },
            paths,
        );
        const lines = tar("--numeric-owner", "-tvf", layer).trim().split("\n");
        const entries = lines
            .map((line) => line.split(/\s+/))
            .map(([mode, owner, , , , name]) => [mode, owner, name]);
        expect(entries).toEqual([
            ["drwxr-xr-x", "0/0", "./"],
            ["drwxr-xr-x", "0/0", "./app/"],
            ["-rw-r--r--", "0/0", "./app/server.js"],
            ["drwxr-xr-x", "0/0", "./bin/"],
            ["-rwxr-xr-x", "0/0", "./bin/node"],
        ]);
    });

    it("is the same for the same files, whenever and wherever they were written", async () => {
        const first = readFileSync(await ensureLayer({ "/a": source("one", "x") }, paths));
        rmSync(paths.images, { recursive: true });
        mkdirSync(paths.images);
        expect(readFileSync(await ensureLayer({ "/a": source("two", "x") }, paths))).toEqual(first);
    });

    it.each([
        { what: "content", target: "/a", text: "y", mode: 0o644 },
        { what: "path", target: "/b", text: "x", mode: 0o644 },
        { what: "executable bit", target: "/a", text: "x", mode: 0o755 },
    ])("has another name for another $what", async ({ target, text, mode }) => {
        const before = await ensureLayer({ "/a": source("f", "x") }, paths);
        expect(await ensureLayer({ [target]: source("g", text, mode) }, paths)).not.toBe(before);
    });

    it("has a digest that follows its bytes", async () => {
        const file = source("layer.tar", "one");
        expect(await layerDigest(file)).toBe(sha256("one"));
        await new Promise((resolve) => setTimeout(resolve, 20));
        writeFileSync(file, "two");
        expect(await layerDigest(file)).toBe(sha256("two"));
    });
});

describe("an archive", () => {
    function images(): Image[] {
        const layer = (text: string): Image["layers"][number] => ({
            file: source(text, text),
            digest: sha256(text),
        });
        const base = layer("base");
        return [
            { reference: "lab/a:1", layers: [base], config: { Cmd: ["a"] } },
            {
                reference: "lab/b:1",
                layers: [base, layer("top")],
                config: { Cmd: ["b"], User: "1000:1000" },
            },
        ];
    }

    it("lists each image with its layers, and each shared layer once", async () => {
        const archive = path.join(folder, "archive.tar");
        await writeArchive(images(), archive, path.join(folder, "scratch"));
        const [a, b] = images().map((image) => `${imageId(image)}.json`);
        const [base, top] = [sha256("base"), sha256("top")];
        const names = tar("-tf", archive)
            .trim()
            .split("\n")
            .filter((name) => !name.endsWith("/"));
        expect(names.sort()).toEqual(
            [
                `./${base}/layer.tar`,
                `./${top}/layer.tar`,
                `./${a ?? ""}`,
                `./${b ?? ""}`,
                "./manifest.json",
            ].sort(),
        );
        expect(JSON.parse(tar("-xOf", archive, "./manifest.json"))).toEqual([
            { Config: a, RepoTags: ["lab/a:1"], Layers: [`${base}/layer.tar`] },
            { Config: b, RepoTags: ["lab/b:1"], Layers: [`${base}/layer.tar`, `${top}/layer.tar`] },
        ]);
        expect(tar("-xOf", archive, `./${top}/layer.tar`)).toBe("top");
    });

    it("names a configuration by its hash, and its layers by theirs", () => {
        const [, image] = images();
        const text = imageConfig(image as Image);
        expect(archiveIndex(images())[`${sha256(text)}.json`]).toBe(text);
        expect(JSON.parse(text)).toMatchObject({
            os: "linux",
            config: { Cmd: ["b"], User: "1000:1000" },
            rootfs: {
                type: "layers",
                diff_ids: [`sha256:${sha256("base")}`, `sha256:${sha256("top")}`],
            },
        });
    });
});
