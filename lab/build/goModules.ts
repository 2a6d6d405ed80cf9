import { readFileSync } from "node:fs";
import path from "node:path";
import type { LabPaths } from "../cache";
import { sourceFolder, type GoBinary } from "./goBinaries";

/**
 * Folder of a module that a built binary is made of, in the version that its go.mod names.
 *
 * @throws if go.mod does not require that module
 */
export function moduleFolder(binary: GoBinary, module: string, paths: LabPaths): string {
    const text = readFileSync(path.join(sourceFolder(binary), "go.mod"), "utf8");
    const version = text
        .split("\n")
        .map((line) =>
            line
                .trim()
                .replace(/^require /, "")
                .split(" "),
        )
        .find(([name]) => name === module)?.[1];
    if (version === undefined)
        throw new Error(`lab/${binary.folder}/go.mod does not require ${module}`);
    return path.join(paths.go, "mod", `${module}@${version}`);
}
