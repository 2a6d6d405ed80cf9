import { readFileSync } from "node:fs";
import { join } from "node:path";
import { runChecks } from "./check";
import { messageOf } from "./errors";
import { apiChecks, apiHop, apiSettings } from "./hops/api";

/** Runs in a pod: looks at the api as any workload would, and prints the results as one line of JSON. */
async function main(): Promise<void> {
    const {
        VERIFY_API = "{}",
        TLS_CERTIFICATE_DIR = "/etc/client-certs",
        TLS_TRUST_FILE = "/etc/trust/ca.crt",
    } = process.env;
    const verifier = {
        certificate: readFileSync(join(TLS_CERTIFICATE_DIR, "tls.crt"), "utf8"),
        privateKey: readFileSync(join(TLS_CERTIFICATE_DIR, "tls.key"), "utf8"),
    };
    const settings = apiSettings.parse(JSON.parse(VERIFY_API));
    const hop = apiHop(settings, readFileSync(TLS_TRUST_FILE, "utf8"), verifier);
    process.stdout.write(`${JSON.stringify(await runChecks(hop, apiChecks))}\n`);
}

main().catch((error: unknown) => {
    process.stderr.write(`${messageOf(error)}\n`);
    process.exitCode = 2;
});
