import { readFileSync } from "node:fs";
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
