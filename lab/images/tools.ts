import { existsSync, readFileSync, renameSync, rmSync, symlinkSync } from "node:fs";
import path from "node:path";
import type { LabPaths } from "../cache";
import { writeAtomically } from "../host/files";
import { withLock } from "../host/lock";
import { run } from "../host/run";
import { debianRoot } from "./debian";
import { ENTER_SCRIPT, mountPoint } from "./inRootfs";

const SSLYZE_VERSION = "6.3.1";

/** Programs of the images' Debian that are called from outside, by the name that they get: newer than the host's. */
const DEBIAN_TOOLS = { "testssl.sh": "/usr/bin/testssl", "openssl-3.5": "/usr/bin/openssl" };

/**
 * Puts the judges into `tools/bin`: testssl.sh and OpenSSL 3.5 out of the images' root file system, sslyze out of a Python environment,
 * and kubectl.
 *
 * @param kube path of the multi-call binary, if it is built yet
 */
export async function ensureTools(paths: LabPaths, kube?: string): Promise<void> {
    const bin = path.join(paths.tools, "bin");
    const script = path.join(paths.tools, "enter-rootfs.sh");
    writeAtomically(script, readFileSync(ENTER_SCRIPT), 0o755);
    for (const [name, program] of Object.entries(DEBIAN_TOOLS)) {
        const text = wrapper(script, debianRoot(paths).folder, mountPoint(paths), program);
        writeAtomically(path.join(bin, name), text, 0o755);
    }
    await ensureSslyze(paths);
    if (kube !== undefined) {
        const link = path.join(bin, "kubectl");
        rmSync(link, { force: true });
        symlinkSync(kube, link);
    }
}

/**
 * A shell script that runs a program of the root file system as if it were the host's: the folder of every path among the arguments
 * is there under the same name, and so is the working directory.
 */
export function wrapper(script: string, rootfs: string, scratch: string, program: string): string {
    return `#!/bin/sh
# ${path.basename(program)} of the lab's Debian root file system; sees the host's network and the folders of the paths among its arguments.
set -eu
folders=$PWD
for argument; do
    file=\${argument#--*=}
    case $file in
    */*) folder=\${file%/*} ;;
    *) continue ;;
    esac
    [ -n "$folder" ] && [ -d "$folder" ] && folders="$folders
$(cd "$folder" && pwd)"
done
count=$#
while read -r folder; do
    # What the program itself consists of is not covered by the host's.
    case $folder in
    / | /usr | /usr/* | /bin | /sbin | /lib | /lib64 | /etc | /dev | /dev/* | /proc | /proc/*) ;;
    *) set -- "$@" --bind "$folder" "$folder" ;;
    esac
done <<FOLDERS
$(printf '%s\\n' "$folders" | sort -u)
FOLDERS
set -- "$@" -- /bin/sh -c 'cd "$0" 2> /dev/null || cd /; exec "$@"' "$PWD" ${program}
# The program's own arguments came first: move them to the end.
while [ "$count" -gt 0 ]; do
    argument=$1
    shift
    set -- "$@" "$argument"
    count=$((count - 1))
done
exec ${script} ${rootfs} ${scratch} "$@"
`;
}

async function ensureSslyze(paths: LabPaths): Promise<void> {
    const folder = path.join(paths.tools, `sslyze-${SSLYZE_VERSION}`);
    const complete = path.join(folder, "complete");
    await withLock(folder, async () => {
        if (existsSync(complete)) return;
        rmSync(folder, { recursive: true, force: true });
        await run("python3", ["-m", "venv", folder]);
        const pip = [
            "-m",
            "pip",
            "install",
            "--quiet",
            "--disable-pip-version-check",
            `sslyze==${SSLYZE_VERSION}`,
        ];
        await run(path.join(folder, "bin", "python"), pip);
        writeAtomically(complete, "");
    });
    const link = path.join(paths.tools, "bin", "sslyze");
    const temporary = `${link}.tmp`;
    rmSync(temporary, { force: true });
    symlinkSync(path.join(folder, "bin", "sslyze"), temporary);
    renameSync(temporary, link);
}
