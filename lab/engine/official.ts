import { accessSync, constants, realpathSync } from "node:fs";
import { delimiter, dirname, join } from "node:path";
import { labPlugins, pluginFolder } from "./plugins";

export interface Surroundings {
    /** The lab's own folder: what lies in it is not the official engine. */
    readonly cache: string;
    /** PATH of the user. */
    readonly path: string;
    /** PULUMI_HOME of the user, `~/.pulumi` by default. */
    readonly home: string;
}

/**
 * Folder of an official Pulumi CLI that can do all the lab needs: with its language host, and with the plugins installed, in the
 * versions the SDKs ask for, or on PATH. Undefined where any of it is missing.
 */
export function officialEngine({ cache, path, home }: Surroundings): string | undefined {
    const folders = path.split(delimiter).filter((folder) => folder !== "");
    const find = (program: string): string | undefined =>
        folders.map((folder) => join(folder, program)).find(isExecutable);
    const pulumi = find("pulumi");
    if (pulumi === undefined || isInside(pulumi, cache)) return undefined;
    const host = "pulumi-language-nodejs";
    const beside = join(dirname(realpathSync(pulumi)), host);
    if (!isExecutable(beside) && find(host) === undefined) return undefined;
    const hasPlugins = labPlugins().every((plugin) => {
        const program = `pulumi-resource-${plugin.name}`;
        const installed = join(pluginFolder(home, plugin), program);
        return (
            (isExecutable(installed) && !isInside(installed, cache)) || find(program) !== undefined
        );
    });
    return hasPlugins ? dirname(pulumi) : undefined;
}

function isExecutable(file: string): boolean {
    try {
        accessSync(file, constants.X_OK);
        return true;
    } catch {
        return false;
    }
}

function isInside(file: string, folder: string): boolean {
    return realpathSync(file).startsWith(`${folder}/`);
}
