/** The sidecar as a process: configuration from the environment, log on standard output, end on SIGTERM. */
import { logOptions, runProcess } from "@encryption-in-transit/services-tls";
import { pino } from "pino";
import { readConfig } from "./config";
import { startReloader } from "./service";

const log = pino(logOptions("reloader"));

runProcess({
    log,
    readConfig,
    start: (config) => startReloader(config, { log, clock: () => new Date(), random: Math.random }),
});
