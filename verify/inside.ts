import { readFileSync } from "node:fs";
import { runChecks } from "./check";
import { messageOf } from "./errors";
import { apiChecks, apiHop, apiSettings } from "./hops/api";

/** Runs in a pod: looks at the api as any workload would, and prints the results as one line of JSON. */
async function main(): Promise<void> {
    const settings = apiSettings.parse(JSON.parse(process.env.VERIFY_API ?? "{}"));
    const verifier = {
        certificate: readFileSync("/etc/client-certs/tls.crt", "utf8"),
        privateKey: readFileSync("/etc/client-certs/tls.key", "utf8"),
    };
    const hop = apiHop(settings, readFileSync("/etc/trust/ca.crt", "utf8"), verifier);
    process.stdout.write(`${JSON.stringify(await runChecks(hop, apiChecks))}\n`);
}

main().catch((error: unknown) => {
    process.stderr.write(`${messageOf(error)}\n`);
    process.exitCode = 2;
});
