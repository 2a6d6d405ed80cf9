import { existsSync, mkdirSync } from "node:fs";
import path from "node:path";
import { labPaths, type LabPaths } from "../cache";
import { run, type RunResult } from "../host/run";
import { debianRoot } from "./debian";

export const ENTER_SCRIPT = path.join(__dirname, "enter-rootfs.sh");

export interface RootfsOptions {
    /** Paths of this machine by the path under which the command sees them, files or folders. */
    readonly binds?: Readonly<Record<string, string>>;
    readonly input?: string;
    /** User that runs the command. Default 0. */
    readonly uid?: number;
}

/** Folder that a view is mounted on: in a mount namespace of each command's own, so that many may run at once. */
export function mountPoint(paths: LabPaths): string {
    const folder = path.join(paths.images, "mount-point");
    mkdirSync(folder, { recursive: true });
    return folder;
}

/**
 * Runs a command in the Debian root file system of the images, for example `nginx -t`: the same nginx that runs in the pods. It sees the
 * host's network, a fresh copy of the files, and the binds. Needs root and `up --until images`.
 *
 * @returns exit code and output; a command that fails is no error
 */
export function inRootfs(
    args: readonly string[],
    { binds = {}, input, uid = 0 }: RootfsOptions = {},
): Promise<RunResult> {
    const paths = labPaths();
    const { folder } = debianRoot(paths);
    if (!existsSync(folder))
        throw new Error(
            "the images' root file system is not there; run `tsx lab/main.ts up --until images`",
        );
    const bound = Object.entries(binds).flatMap(([target, source]) => ["--bind", source, target]);
    const command = [folder, mountPoint(paths), ...bound, "--uid", String(uid), "--", ...args];
    return run(ENTER_SCRIPT, command, {
        allowFailure: true,
        ...(input === undefined ? {} : { input }),
    });
}
