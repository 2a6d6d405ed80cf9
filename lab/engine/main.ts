import { LanguageHost } from "./languageHost";

/** Version of the CLI and SDK that this host was written for. */
const version = "3.259.0";

async function main(): Promise<void> {
    const engineAddress = process.argv.slice(2).findLast((argument) => !argument.startsWith("-"));
    if (engineAddress === undefined) {
        throw new Error("usage: pulumi-language-nodejs <address of the engine>");
    }
    const host = new LanguageHost(engineAddress, version);
    const { port } = await host.listen();
    // The engine holds the other end of stdin: it closes even where the engine was killed.
    process.stdin.on("end", () => process.exit(0)).resume();
    for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) {
        process.on(signal, () => process.exit(0));
    }
    process.on("exit", () => {
        host.close();
    });
    process.stdout.write(`${port}\n`);
}

main().catch((error: unknown) => {
    process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
    process.exitCode = 1;
});
