/** The service as a process: configuration from the environment, log on standard output, end on SIGTERM. */
import { logOptions, runProcess } from "@encryption-in-transit/services-tls";
import { pino } from "pino";
import { readConfig } from "./config";
import { startService } from "./service";

const log = pino(logOptions("orders"));

runProcess({
    log,
    readConfig,
    start: (config) => startService(config, { log, clock: () => new Date(), random: Math.random }),
});
