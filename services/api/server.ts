/** The service as a process: configuration from the environment, log on standard output, end on SIGTERM. */
import { messageOf } from "@encryption-in-transit/services-tls";
import { pino } from "pino";
import { readConfig } from "./config";
import { startService } from "./service";

const log = pino({
    base: { service: "api" },
    timestamp: pino.stdTimeFunctions.isoTime,
    formatters: { level: (label) => ({ level: label }) },
});

async function main(): Promise<void> {
    const read = readConfig(process.env);
    if ("errors" in read) {
        process.stderr.write(read.errors.map((error) => `${error}\n`).join(""));
        process.exitCode = 1;
        return;
    }
    const service = await startService(read.config, {
        log,
        clock: () => new Date(),
        random: Math.random,
    });
    log.info(
        { event: "started", port: service.port, metricsPort: service.metricsPort },
        "listening",
    );
    for (const signal of ["SIGTERM", "SIGINT"] as const) {
        process.once(signal, () => {
            log.info({ event: "draining", signal }, "draining");
            service.drain().then(() => process.exit(0), fail);
        });
    }
}

/** One line; a stack would only hide it. */
function fail(error: unknown): void {
    process.stderr.write(`${messageOf(error)}\n`);
    process.exit(1);
}

main().catch(fail);
