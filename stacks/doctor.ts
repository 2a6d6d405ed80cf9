import { examine } from "./examine";

/** Says in a line each what a stack's environment lacks; exit 1 where that is anything. `npm run doctor -- STACK`. */
async function main(stack: string): Promise<void> {
    const { lines } = await examine(stack);
    for (const line of lines) console.log(line);
    if (lines.length > 0) process.exitCode = 1;
    else console.log("nothing is missing");
}

main(process.argv[2] ?? process.env.STACK ?? "lab").catch((error: unknown) => {
    console.error(error instanceof Error ? error.message : error);
    process.exitCode = 1;
});
