import { existsSync } from "node:fs";
import { homedir } from "node:os";
import path from "node:path";
import { binaryPath, pulumiBinary } from "./build/goBinaries";
import { projectRoot, type LabPaths } from "./cache";
import { clusterFiles } from "./cluster/files";
import { installEngine } from "./engine/install";
import { officialEngine } from "./engine/official";

/** Name of the stack that the lab brings up. */
export const STACK = "lab";

/** File with the passphrase that encrypts the lab's state: random, one for each cache. */
export function passphraseFile(paths: LabPaths): string {
    return path.join(paths.root, "passphrase");
}

/** File with the salt that belongs to the passphrase. */
export function saltFile(paths: LabPaths): string {
    return path.join(paths.root, "salt");
}

/** Folder of the state backend. */
export function backendFolder(paths: LabPaths): string {
    return path.join(paths.pulumi, "backend");
}

/** Folder of an official CLI with plugins that serves as the engine instead of the lab's own; undefined where there is none. */
export function officialFolder(paths: LabPaths): string | undefined {
    const home = process.env["PULUMI_HOME"] ?? path.join(homedir(), ".pulumi");
    return officialEngine({ cache: paths.root, path: process.env["PATH"] ?? "", home });
}

/** Installs the engine, if it is not, and says where it is and what it wants to be told. */
async function engine(paths: LabPaths): Promise<{ bin: string; env: Record<string, string> }> {
    const official = officialFolder(paths);
    if (official !== undefined) return { bin: official, env: { PULUMI_SKIP_UPDATE_CHECK: "true" } };
    const binary = binaryPath(pulumiBinary, paths);
    if (!existsSync(binary)) throw new Error("the engine is not built; run `make up` first");
    return installEngine({ cache: paths.root, pulumiBinary: binary });
}

/** Variables under which pulumi, kubectl and the judges (testssl.sh, sslyze) work against the lab. */
export async function labEnvironment(paths: LabPaths): Promise<Record<string, string>> {
    const { bin, env } = await engine(paths);
    const files = clusterFiles(paths);
    const own = [
        bin,
        path.join(paths.tools, "bin"),
        path.join(projectRoot, "node_modules", ".bin"),
    ];
    const inherited = (process.env["PATH"] ?? "")
        .split(":")
        .filter((folder) => !own.includes(folder));
    return {
        ...env,
        PATH: [...own, ...inherited].join(":"),
        KUBECONFIG: files.kubeconfig,
        KUBECACHEDIR: files.kubectlCache,
        PULUMI_BACKEND_URL: `file://${backendFolder(paths)}`,
        PULUMI_CONFIG_PASSPHRASE_FILE: passphraseFile(paths),
    };
}

/** Lines that a POSIX shell can evaluate. */
export function exportLines(variables: Readonly<Record<string, string>>): string[] {
    return Object.entries(variables).map(
        ([name, value]) => `export ${name}='${value.replaceAll("'", "'\\''")}'`,
    );
}
