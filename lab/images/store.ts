import { existsSync, mkdirSync, readdirSync, renameSync, rmSync } from "node:fs";
import path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { spawn } from "node:child_process";
import type { LabPaths } from "../cache";
import { contentKey, writeAtomically } from "../host/files";
import { withLock } from "../host/lock";
import { run } from "../host/run";
import { imageId, writeArchive, type Image } from "./archive";

/**
 * Makes a containerd root that holds the images unpacked, if it is not there. A cluster starts from a copy of it by hard links.
 *
 * @returns its folder, named by the images
 */
export async function ensureImageStore(images: readonly Image[], paths: LabPaths): Promise<string> {
    const key = contentKey(images.map(imageId));
    const store = path.join(paths.images, `store-${key}`);
    await withLock(store, async () => {
        if (existsSync(store)) return;
        const partial = `${store}.partial`;
        rmSync(partial, { recursive: true, force: true });
        const archive = path.join(paths.temporary, `images-${key}.tar`);
        await writeArchive(images, archive, path.join(paths.temporary, `images-${key}`));
        await fill(partial, archive, path.join(paths.temporary, `containerd-${key}`));
        rmSync(archive);
        renameSync(partial, store);
        dropOthers(paths.images, path.basename(store));
    });
    return store;
}

/** Copies a store: files by hard link, since nobody writes to them, and the databases by content. */
export async function copyStore(store: string, target: string): Promise<void> {
    rmSync(target, { recursive: true, force: true });
    await run("cp", ["-al", store, target]);
    const { stdout } = await run("find", [store, "-name", "*.db", "-printf", "%P\n"]);
    for (const name of stdout.trim().split("\n")) {
        await run("cp", ["--remove-destination", path.join(store, name), path.join(target, name)]);
    }
}

/** Imports an archive with a containerd of its own that lives only for this. */
async function fill(root: string, archive: string, scratch: string): Promise<void> {
    rmSync(scratch, { recursive: true, force: true });
    mkdirSync(scratch, { recursive: true });
    const socket = path.join(scratch, "containerd.sock");
    const config = `version = 2
root = "${root}"
state = "${scratch}/state"
disabled_plugins = ["io.containerd.grpc.v1.cri", "io.containerd.internal.v1.opt"]
[grpc]
  address = "${socket}"
`;
    writeAtomically(path.join(scratch, "containerd.toml"), config);
    const command = ["-m", "containerd", "-c", path.join(scratch, "containerd.toml")];
    const containerd = spawn("unshare", command, { stdio: "ignore" });
    const ended = new Promise((resolve) => containerd.once("close", resolve));
    try {
        await waitForSocket(socket);
        await importArchive(archive, ["ctr", "-a", socket]);
        // SIGTERM, so that the databases are closed.
        containerd.kill("SIGTERM");
        await ended;
    } finally {
        containerd.kill("SIGKILL");
    }
    rmSync(scratch, { recursive: true, force: true });
}

/** @param ctr how to reach the store: `ctr` with its address, perhaps behind `nsenter` */
export async function importArchive(
    archive: string,
    ctr: readonly [string, ...string[]],
): Promise<void> {
    const [command, ...args] = ctr;
    await run(command, [
        ...args,
        "-n",
        "k8s.io",
        "images",
        "import",
        "--snapshotter",
        "overlayfs",
        archive,
    ]);
}

async function waitForSocket(socket: string): Promise<void> {
    for (let attempt = 0; attempt < 200; attempt++) {
        const { exitCode } = await run("ctr", ["-a", socket, "version"], { allowFailure: true });
        if (exitCode === 0) return;
        await sleep(100);
    }
    throw new Error(
        "containerd did not start within 20 s to import the images; run it by hand with --log-level debug",
    );
}

/** Stores of earlier images are of no use to anybody; a running cluster has its own links. */
function dropOthers(folder: string, keep: string): void {
    for (const name of readdirSync(folder)) {
        if (name.startsWith("store-") && name !== keep)
            rmSync(path.join(folder, name), { recursive: true, force: true });
    }
}
