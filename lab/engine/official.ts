import { accessSync, constants, existsSync, realpathSync } from "node:fs";
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
    const find = (program: string): string | undefined =>
        path
            .split(delimiter)
            .map((folder) => join(folder, program))
            .find((file) => isForeign(file, cache));
    const pulumi = find("pulumi");
    if (pulumi === undefined) return undefined;
    const host = "pulumi-language-nodejs";
    const beside = join(dirname(realpathSync(pulumi)), host);
    if (!isForeign(beside, cache) && find(host) === undefined) return undefined;
    const hasPlugins = labPlugins().every((plugin) => {
        const program = `pulumi-resource-${plugin.name}`;
        const installed = join(pluginFolder(home, plugin), program);
        return isForeign(installed, cache) || find(program) !== undefined;
    });
    return hasPlugins ? dirname(pulumi) : undefined;
}

/** Whether a file can be run and does not lie in the lab's folder. */
function isForeign(file: string, cache: string): boolean {
    const lab = existsSync(cache) ? realpathSync(cache) : cache;
    try {
        accessSync(file, constants.X_OK);
        return !realpathSync(file).startsWith(`${lab}/`);
    } catch {
        return false;
    }
}
