import { existsSync, rmSync, writeFileSync } from "node:fs";
import path from "node:path";
import { run } from "./run";

/** Programs that the lab takes from Debian, each with the package that brings it. Nothing is installed where the program is there. */
const PROGRAMS: readonly { readonly program: string; readonly package: string }[] = [
    { program: "containerd", package: "containerd" },
    { program: "ctr", package: "containerd" },
    { program: "runc", package: "runc" },
    { program: "/usr/lib/cni/bridge", package: "containernetworking-plugins" },
    { program: "nft", package: "nftables" },
    { program: "ip", package: "iproute2" },
    { program: "nsenter", package: "util-linux" },
    { program: "mmdebstrap", package: "mmdebstrap" },
];

const PROGRAM_FOLDERS = [
    "/usr/local/sbin",
    "/usr/local/bin",
    "/usr/sbin",
    "/usr/bin",
    "/sbin",
    "/bin",
];

export const POLICY_FILE = "/usr/sbin/policy-rc.d";

/** Debian packages whose program this machine lacks. */
export function missingPackages(exists: (file: string) => boolean = existsSync): string[] {
    const missing = PROGRAMS.filter(
        ({ program }) => !PROGRAM_FOLDERS.some((folder) => exists(path.resolve(folder, program))),
    );
    return [...new Set(missing.map((entry) => entry.package))];
}

/**
 * Installs what is missing and nothing else: no recommended packages, nothing removed, no service started.
 *
 * @returns the packages installed
 */
export async function installMissingPackages(): Promise<string[]> {
    const packages = missingPackages();
    if (packages.length === 0) return packages;
    const apt = (...args: string[]): Promise<unknown> =>
        run("apt-get", ["-o", "DPkg::Lock::Timeout=300", "-qq", ...args], {
            env: { DEBIAN_FRONTEND: "noninteractive" },
        });
    await withoutServiceStarts(async () => {
        await apt("update");
        await apt("install", "-y", "--no-install-recommends", "--no-remove", ...packages);
    });
    return packages;
}

/** A policy-rc.d that forbids every start, for as long as `work` runs; a policy that is there already is left alone. */
async function withoutServiceStarts(work: () => Promise<void>): Promise<void> {
    if (existsSync(POLICY_FILE)) return work();
    writeFileSync(POLICY_FILE, "#!/bin/sh\nexit 101\n", { mode: 0o755 });
    try {
        await work();
    } finally {
        rmSync(POLICY_FILE, { force: true });
    }
}
