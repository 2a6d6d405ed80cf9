import { existsSync, readFileSync, renameSync } from "node:fs";
import path from "node:path";
import type { LabPaths } from "../cache";
import { withLock } from "../host/lock";
import { run } from "../host/run";
import { binaryPath, sourceFolder, type GoBinary } from "./goBinaries";

/**
 * Builds a binary into the cache, if it is not there: minutes the first time, nothing afterwards.
 *
 * @param report gets a line about a build that really runs
 * @returns the path of the binary
 */
export async function ensureBinary(
    binary: GoBinary,
    paths: LabPaths,
    report: (line: string) => void,
): Promise<string> {
    const file = binaryPath(binary, paths);
    if (existsSync(file)) return file;
    // One lock for all: two builds at once need more memory than a small machine has.
    const waiting = (): void => {
        report(`${binary.name}: waiting for another build`);
    };
    await withLock(
        paths.go,
        async () => {
            if (existsSync(file)) return;
            const started = Date.now();
            report(`${binary.name}: building`);
            await build(binary, file, paths, report);
            report(`${binary.name}: built in ${Math.round((Date.now() - started) / 1000)} s`);
        },
        waiting,
    );
    return file;
}

async function build(
    binary: GoBinary,
    file: string,
    paths: LabPaths,
    report: (line: string) => void,
): Promise<void> {
    const unfinished = `${file}.partial`;
    const args = [
        "build",
        "-trimpath",
        "-ldflags",
        binary.ldflags,
        "-o",
        unfinished,
        binary.target,
    ];
    await run("go", args, {
        cwd: sourceFolder(binary),
        env: await goEnvironment(binary, paths, report),
    });
    renameSync(unfinished, file);
}

/** Go's caches inside the lab's; the toolchain of this machine unless it is too old for the module. */
async function goEnvironment(
    binary: GoBinary,
    paths: LabPaths,
    report: (line: string) => void,
): Promise<Record<string, string>> {
    const module = readFileSync(path.join(sourceFolder(binary), "go.mod"), "utf8");
    const wanted = /^go (\S+)$/m.exec(module)?.[1] ?? "1.0";
    const { stdout } = await run("go", ["env", "GOVERSION"], { env: { GOTOOLCHAIN: "local" } });
    const present = stdout.trim().replace(/^go/, "");
    const tooOld = isOlder(present, wanted);
    if (tooOld)
        report(
            `${binary.name}: go ${present} is older than the ${wanted} it needs; fetching that toolchain`,
        );
    return {
        GOMODCACHE: path.join(paths.go, "mod"),
        GOCACHE: path.join(paths.go, "build"),
        GOFLAGS: "-buildvcs=false",
        CGO_ENABLED: "0",
        GOTOOLCHAIN: tooOld ? "auto" : "local",
    };
}

/** Compares Go versions by number: 1.9 is older than 1.26; what follows a release's numbers (rc1, -custom) does not count. */
export function isOlder(present: string, wanted: string): boolean {
    const numbers = (version: string): number[] =>
        version.split(".").map((part) => Number.parseInt(part, 10) || 0);
    const [have, need] = [numbers(present), numbers(wanted)];
    for (let index = 0; index < need.length; index++) {
        const difference = (have[index] ?? 0) - (need[index] ?? 0);
        if (difference !== 0) return difference < 0;
    }
    return false;
}
