import { readFileSync } from "node:fs";
import { join } from "node:path";
import { messageOf } from "./errors";
import { lookAtAll } from "./insideHops";
import { insideSettings } from "./settings";

/** Runs in a pod: looks at every hop as any workload would, and prints the results as one line of JSON. */
async function main(): Promise<void> {
    const {
        VERIFY_SETTINGS = "{}",
        TLS_CERTIFICATE_DIR = "/etc/client-certs",
        TLS_TRUST_FILE = "/etc/trust/ca.crt",
    } = process.env;
    const settings = insideSettings.parse(JSON.parse(VERIFY_SETTINGS));
    const results = await lookAtAll(settings, {
        trustBundle: readFileSync(TLS_TRUST_FILE, "utf8"),
        verifier: {
            certificate: readFileSync(join(TLS_CERTIFICATE_DIR, "tls.crt"), "utf8"),
            privateKey: readFileSync(join(TLS_CERTIFICATE_DIR, "tls.key"), "utf8"),
        },
    });
    process.stdout.write(`${JSON.stringify(results)}\n`);
}

main().catch((error: unknown) => {
    process.stderr.write(`${messageOf(error)}\n`);
    process.exitCode = 2;
});
