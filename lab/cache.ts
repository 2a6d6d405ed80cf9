import { chmodSync, mkdirSync } from "node:fs";
import { homedir } from "node:os";
import path from "node:path";

/** Folders of the lab: everything that it builds, runs or writes lies under `root`. */
export interface LabPaths {
    /** `${XDG_CACHE_HOME:-$HOME/.cache}/encryption-in-transit`, mode 0700. */
    readonly root: string;
    /** Built programs, each named by a hash of what it was built from. */
    readonly bin: string;
    /** Go's own caches: `mod` and `build`. */
    readonly go: string;
    /** Root file systems, layers and image stores, named by hash. */
    readonly images: string;
    /** What tests and the verifier call: testssl.sh, openssl, sslyze, kubectl. `tools/bin` belongs on PATH. */
    readonly tools: string;
    /** The running cluster: data, keys, logs, process records. Gone after `down`. */
    readonly cluster: string;
    /** Pulumi's home and state: lives and dies with the cluster. */
    readonly pulumi: string;
    readonly log: string;
    /** Half-written things; emptied by every `up`. */
    readonly temporary: string;
}

/** The checkout that this file belongs to. */
export const projectRoot = path.resolve(__dirname, "..");

/** Node 24 of the npm package `node`: what runs inside the images and the lab's own long-running processes. */
export const nodeBinary = path.join(projectRoot, "node_modules", "node", "bin", "node");

export function labPaths(environment: NodeJS.ProcessEnv = process.env): LabPaths {
    const base =
        environment["XDG_CACHE_HOME"] ?? path.join(environment["HOME"] ?? homedir(), ".cache");
    const root = path.join(base, "encryption-in-transit");
    const inside = (name: string): string => path.join(root, name);
    return {
        root,
        bin: inside("bin"),
        go: inside("go"),
        images: inside("images"),
        tools: inside("tools"),
        cluster: inside("cluster"),
        pulumi: inside("pulumi"),
        log: inside("log"),
        temporary: inside("tmp"),
    };
}

/**
 * Makes the folders of what is built; the root is closed to others, since cluster keys and Pulumi's passphrase lie in it. Those of what
 * runs are made with it, since their absence says that it is gone.
 */
export function createFolders({ root, bin, go, images, tools, log, temporary }: LabPaths): void {
    const folders = [root, bin, go, images, path.join(tools, "bin"), log, temporary];
    for (const folder of folders) mkdirSync(folder, { recursive: true });
    chmodSync(root, 0o700);
}
