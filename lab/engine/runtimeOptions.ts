/** `runtime.options` of Pulumi.yaml, as the nodejs runtime has them. */
export interface RuntimeOptions {
    /** Whether .ts files are loaded, by ts-node. Default true. */
    readonly typescript: boolean;
    /** tsconfig.json to use instead of the one in the working directory. */
    readonly tsconfig: string | undefined;
    /** Arguments of node itself. */
    readonly nodeArguments: readonly string[];
}

/** Throws on an option that is unknown or of another type, naming it. */
export function runtimeOptions(given: Readonly<Record<string, unknown>>): RuntimeOptions {
    const { typescript = true, tsconfig, nodeargs, packagemanager, ...others } = given;
    const [other] = Object.keys(others);
    if (other !== undefined) throw wrong(other, others[other], "typescript, tsconfig or nodeargs");
    if (typeof typescript !== "boolean") throw wrong("typescript", typescript, "true or false");
    if (!isTextOrAbsent(tsconfig)) throw wrong("tsconfig", tsconfig, "the path of a file");
    if (!isTextOrAbsent(nodeargs))
        throw wrong("nodeargs", nodeargs, "arguments of node in one text");
    // Which program installs packages matters to `pulumi install` alone.
    if (!isTextOrAbsent(packagemanager)) throw wrong("packagemanager", packagemanager, "a name");
    return { typescript, tsconfig, nodeArguments: words(nodeargs ?? "") };
}

function isTextOrAbsent(value: unknown): value is string | undefined {
    return value === undefined || typeof value === "string";
}

/** Words of a text as a shell sees them, as far as quotes go. */
function words(text: string): string[] {
    const found = text.match(/(?:"[^"]*"|'[^']*'|[^\s"'])+/g) ?? [];
    return found.map((word) => word.replace(/"([^"]*)"|'([^']*)'/g, "$1$2"));
}

function wrong(name: string, value: unknown, wanted: string): Error {
    return new Error(
        `[runtime.options.${name}] is ${JSON.stringify(value)}; the nodejs runtime takes ${wanted}`,
    );
}
