import { existsSync, readdirSync, readFileSync, renameSync, rmSync } from "node:fs";
import path from "node:path";
import { run } from "../host/run";
import { createFolders, type LabPaths } from "../cache";
import { contentKey } from "../host/files";
import { withLock } from "../host/lock";
import { findAptSource, sourceLine } from "./aptSource";

/** Debian release inside the images: nginx 1.26, OpenSSL 3.5, testssl.sh 3.2. */
const SUITE = "trixie";

/** Everything that the images and the tools need from Debian. */
export const DEBIAN_PACKAGES = [
    "bind9-dnsutils",
    "bsdextrautils",
    "ca-certificates",
    "catatonit",
    "curl",
    "nginx",
    "openssl",
    "postgresql-17",
    "procps",
    "redis-server",
    "testssl.sh",
];

/** Users with the numbers that the official images give them: `docs/images.md` is the contract. */
export const IMAGE_USERS: readonly { readonly name: string; readonly uid: number }[] = [
    { name: "nginx", uid: 101 },
    { name: "node", uid: 1000 },
    { name: "postgres", uid: 999 },
];

/** Left out of the images: nobody reads manuals in a pod. */
const EXCLUDED = ["/usr/share/man/*", "/usr/share/doc/*", "/usr/share/locale/*"];

/** A Debian root file system: unpacked, and as the tar that all images share as their first layer. */
export interface DebianRoot {
    readonly folder: string;
    readonly layer: string;
}

/** Where the root file system lies, whether it is made yet or not. */
export function debianRoot(paths: LabPaths): DebianRoot {
    const key = contentKey([
        SUITE,
        ...DEBIAN_PACKAGES,
        JSON.stringify(IMAGE_USERS),
        ...EXCLUDED,
        ...essentialHooks(),
        ...CUSTOMIZE_HOOKS,
    ]);
    const folder = path.join(paths.images, `debian-${key}`);
    return { folder, layer: `${folder}.tar` };
}

/** Makes the root file system, if it is not there: 1 to 2 minutes. */
export async function ensureDebianRoot(paths: LabPaths): Promise<DebianRoot> {
    const root = debianRoot(paths);
    return withLock(root.layer, async () => {
        if (existsSync(root.layer)) return root;
        createFolders(paths);
        const [folder, layer] = [`${root.folder}.partial`, `${root.layer}.partial`];
        for (const left of [folder, layer, root.folder])
            rmSync(left, { recursive: true, force: true });
        await mmdebstrap(folder, paths);
        await run("tar", [
            "--numeric-owner",
            "--xattrs",
            "--sort=name",
            "-C",
            folder,
            "-cf",
            layer,
            ".",
        ]);
        renameSync(folder, root.folder);
        renameSync(layer, root.layer);
        return root;
    });
}

async function mmdebstrap(folder: string, paths: LabPaths): Promise<void> {
    const codename =
        /^VERSION_CODENAME=(\S+)$/m.exec(readFileSync("/etc/os-release", "utf8"))?.[1] ?? "";
    const options = [
        ...EXCLUDED.map((pattern) => `--dpkgopt=path-exclude=${pattern}`),
        "--dpkgopt=force-unsafe-io",
        '--aptopt=Acquire::Languages "none"',
        ...essentialHooks().map((hook) => `--essential-hook=${hook}`),
        ...CUSTOMIZE_HOOKS.map((hook) => `--customize-hook=${hook}`),
    ];
    const source = sourceLine(findAptSource(aptSources(), codename), SUITE);
    const command = [
        "mmdebstrap",
        "--mode=root",
        "--variant=minbase",
        `--include=${DEBIAN_PACKAGES.join(",")}`,
    ];
    // In namespaces of its own: what it mounts and starts is gone with it, even if it is killed.
    await run(
        "unshare",
        ["-m", "-p", "-f", "--kill-child", ...command, ...options, SUITE, folder, source],
        {
            env: { TMPDIR: paths.temporary },
        },
    );
}

/** Before the packages, so that a package which wants such a user finds it, with our number. */
function essentialHooks(): string[] {
    return IMAGE_USERS.flatMap(({ name, uid }) => [
        `echo ${name}:x:${uid}: >>"$1"/etc/group`,
        `echo ${name}:x:${uid}:${uid}::/nonexistent:/usr/sbin/nologin >>"$1"/etc/passwd`,
    ]);
}

/** Nobody uses the database that its package makes. */
const CUSTOMIZE_HOOKS = [
    'rm -rf "$1"/etc/postgresql/* "$1"/var/lib/postgresql/*',
    'rm -rf "$1"/var/lib/apt/lists/* "$1"/var/cache/apt/* "$1"/var/log/*.log "$1"/etc/resolv.conf "$1"/etc/hostname',
];

function aptSources(): string[] {
    const folder = "/etc/apt/sources.list.d";
    const listed = existsSync(folder)
        ? readdirSync(folder)
              .sort()
              .map((name) => path.join(folder, name))
        : [];
    const files = ["/etc/apt/sources.list", ...listed].filter(
        (file) => /\.(list|sources)$/.test(file) && existsSync(file),
    );
    return files.map((file) => readFileSync(file, "utf8"));
}
