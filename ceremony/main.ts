import { runCeremony } from "./ceremony";
import { processTerminal } from "./terminal";

runCeremony(process.argv.slice(2), { terminal: processTerminal, now: new Date() }).then(
    ({ exitCode, error }) => {
        if (error !== undefined) process.stderr.write(`${error}\n`);
        process.exitCode = exitCode;
    },
    (error: unknown) => {
        process.stderr.write(
            `ceremony: ${error instanceof Error ? error.message : String(error)}\n`,
        );
        process.exitCode = 1;
    },
);
