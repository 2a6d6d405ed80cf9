import { mkdirSync, mkdtempSync, readFileSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { build, type Plugin } from "esbuild";
import { parse, stringify } from "yaml";
import { root } from "../pulumi";

/** Which program of the project runs. */
export enum Program {
    /** The project's own, index.ts. */
    Whole = "whole",
    /** The same, with authoritiesOnly.ts in the place of the platform. */
    AuthoritiesOnly = "authoritiesOnly",
}

/** Makes a folder with the project, each program in one file: hundreds of runs begin with loading it. */
export async function makeProject(): Promise<string> {
    const folder = mkdtempSync(join(tmpdir(), "years-"));
    mkdirSync(join(folder, "state"));
    symlinkSync(join(root, "node_modules"), join(folder, "node_modules"));
    writeFileSync(join(folder, "package.json"), JSON.stringify({ name: "years", private: true }));
    const index = join(root, "index.ts");
    await Promise.all([
        bundle(index, join(folder, `${Program.Whole}.js`), []),
        bundle(index, join(folder, `${Program.AuthoritiesOnly}.js`), [authoritiesOnly]),
        bundle(join(__dirname, "preload.ts"), join(folder, "preload.js"), []),
    ]);
    return folder;
}

/** Writes the project's file, which names the program. */
export function chooseProgram(folder: string, program: Program): void {
    const project = parse(readFileSync(join(root, "Pulumi.yaml"), "utf8")) as object;
    const runtime = { name: "nodejs", options: { typescript: false } };
    const text = stringify({ ...project, runtime, main: `${program}.js`, stackConfigDir: "." });
    writeFileSync(join(folder, "Pulumi.yaml"), text);
}

const bundle = (entry: string, outfile: string, plugins: Plugin[]) =>
    build({
        entryPoints: [entry],
        outfile,
        plugins,
        bundle: true,
        platform: "node",
        target: "node22",
        format: "cjs",
        // The program and what runs it must have one SDK between them.
        external: ["@pulumi/*"],
        logLevel: "error",
    });

/** Puts authoritiesOnly.ts in the place of the two files that know the whole platform. */
const authoritiesOnly: Plugin = {
    name: "authorities-only",
    setup: (bundling) => {
        const contents = `export * from ${JSON.stringify(join(__dirname, "authoritiesOnly"))};`;
        const filter = /[\\/](?:components[\\/]platform|stacks[\\/]contract)\.ts$/;
        bundling.onLoad({ filter }, () => ({ contents, loader: "ts", resolveDir: __dirname }));
    },
};
