import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { parse } from "yaml";
import { z } from "zod";
import type { RawConfig } from "./config";

const stackFile = z.object({ config: z.record(z.string(), z.unknown()) });

/** Config of a stack as it stands in its file, for what runs without the engine; encrypted values are named, not read. */
export function readStackFile(stack: string, folder = __dirname): RawConfig {
    const path = join(folder, `Pulumi.${stack}.yaml`);
    const { config } = stackFile.parse(parse(readFileSync(path, "utf8")));
    return {
        values: Object.fromEntries(
            Object.entries(config).map(([key, value]) => [
                key,
                typeof value === "string" ? value : JSON.stringify(value),
            ]),
        ),
        secretKeys: Object.entries(config)
            .filter(([, value]) => typeof value === "object" && value !== null && "secure" in value)
            .map(([key]) => key),
    };
}

const projectFile = z.object({ stackConfigDir: z.string().default(".") });
const encryption = z.object({
    secretsprovider: z.string().optional(),
    encryptionsalt: z.string().optional(),
});

/**
 * How the secrets of a stack are encrypted: `passphrase`, a key service as `awskms`, or `service`, Pulumi Cloud's own.
 *
 * @returns undefined for a stack without a file
 */
export function readSecretsProvider(projectFolder: string, stack: string): string | undefined {
    const project = readYaml(join(projectFolder, "Pulumi.yaml"));
    if (project === undefined) return undefined;
    const { stackConfigDir } = projectFile.parse(project);
    const file = readYaml(join(projectFolder, stackConfigDir, `Pulumi.${stack}.yaml`));
    if (file === undefined) return undefined;
    const { secretsprovider, encryptionsalt } = encryption.parse(file);
    // The engine names no provider where it is the passphrase, but keeps its salt.
    if (secretsprovider === undefined || secretsprovider === "default")
        return encryptionsalt === undefined ? "service" : "passphrase";
    return secretsprovider.split("://")[0];
}

/** What a file says, an empty one nothing; undefined, if there is none. */
function readYaml(path: string): unknown {
    return existsSync(path) ? (parse(readFileSync(path, "utf8")) ?? {}) : undefined;
}
