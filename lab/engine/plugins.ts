import { createRequire } from "node:module";
import { join } from "node:path";

export interface Plugin {
    /** Package, `tls`. */
    readonly name: string;
    /** The version that the SDK in node_modules asks for. */
    readonly version: string;
    /** The program that stands in for the official plugin. */
    readonly main: string;
}

const names = ["kubernetes", "random", "tls"] as const;

/** The provider plugins that the lab brings. */
export function labPlugins(): Plugin[] {
    return names.map((name) => ({
        name,
        version: sdkVersion(name),
        main: join(__dirname, "..", "providers", name, "main.ts"),
    }));
}

/** Folder of a plugin in a PULUMI_HOME. */
export const pluginFolder = (home: string, { name, version }: Plugin): string =>
    join(home, "plugins", `resource-${name}-v${version}`);

/** Version of an SDK of Pulumi's; `pulumi` itself gives that of the engine. */
export function sdkVersion(name: string): string {
    const manifest = createRequire(__filename)(`@pulumi/${name}/package.json`) as {
        version: string;
    };
    return manifest.version;
}
