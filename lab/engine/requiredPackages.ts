import { existsSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";

export interface RequiredPackage {
    readonly name: string;
    readonly version: string;
}

interface Manifest {
    readonly version?: string;
    readonly dependencies?: Readonly<Record<string, string>>;
    readonly pulumi?: {
        readonly resource?: boolean;
        readonly name?: string;
        readonly version?: string;
    };
}

/**
 * The provider plugins that a program needs: those named by the package.json of its dependencies, however deep.
 * A dependency that is not installed names none; loading the program will say so better.
 */
export function requiredPackages(programDirectory: string): RequiredPackage[] {
    const found = new Map<string, RequiredPackage>();
    const seen = new Set<string>();
    const queue = [nearestManifest(programDirectory)];
    for (const folder of queue) {
        if (folder === undefined || seen.has(folder)) continue;
        seen.add(folder);
        const manifest = readManifest(folder);
        const { pulumi } = manifest;
        const version = pulumi?.version ?? manifest.version;
        if (pulumi?.resource && pulumi.name && version) {
            found.set(`${pulumi.name} ${version}`, { name: pulumi.name, version });
        }
        for (const name of Object.keys(manifest.dependencies ?? {}))
            queue.push(installed(name, folder));
    }
    return [...found.values()];
}

function readManifest(folder: string): Manifest {
    return JSON.parse(readFileSync(join(folder, "package.json"), "utf8")) as Manifest;
}

function nearestManifest(folder: string): string | undefined {
    return upward(folder, (candidate) => existsSync(join(candidate, "package.json")));
}

function installed(name: string, from: string): string | undefined {
    const holds = (folder: string): boolean =>
        existsSync(join(folder, "node_modules", name, "package.json"));
    const folder = upward(from, holds);
    return folder === undefined ? undefined : join(folder, "node_modules", name);
}

function upward(folder: string, holds: (folder: string) => boolean): string | undefined {
    if (holds(folder)) return folder;
    const parent = dirname(folder);
    return parent === folder ? undefined : upward(parent, holds);
}
