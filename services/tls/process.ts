import { type Log, messageOf } from "./log";

/** A service that runs, as its process sees it. */
export interface RunningService {
    /** Ports that were bound; they differ from the configuration where that says 0. */
    readonly port: number;
    readonly metricsPort: number;
    /** Ends every connection gently, at the latest after `drainSeconds`; resolves when nothing is left. */
    drain(): Promise<void>;
}

export interface ServiceProcess<Config> {
    readonly log: Log;
    /** Reads the environment, or says everything that is wrong with it, one line each. */
    readonly readConfig: (
        env: NodeJS.ProcessEnv,
    ) => { config: Config } | { errors: readonly string[] };
    /** Throws one sentence where the service cannot start. */
    readonly start: (config: Config) => Promise<RunningService>;
}

/**
 * A service as a process: configuration from the environment, end on SIGTERM or SIGINT after a drain. Exit code 1 and one line
 * for each fault where it cannot start; a stack would only hide it.
 */
export function runProcess<Config>(service: ServiceProcess<Config>): void {
    start(service).catch(fail);
}

async function start<Config>({ log, readConfig, start }: ServiceProcess<Config>): Promise<void> {
    const read = readConfig(process.env);
    if ("errors" in read) {
        process.stderr.write(read.errors.map((error) => `${error}\n`).join(""));
        process.exitCode = 1;
        return;
    }
    const running = await start(read.config);
    const { port, metricsPort } = running;
    log.info({ event: "started", port, metricsPort }, "listening");
    for (const signal of ["SIGTERM", "SIGINT"] as const) {
        process.once(signal, () => {
            log.info({ event: "draining", signal }, "draining");
            running.drain().then(() => process.exit(0), fail);
        });
    }
}

function fail(error: unknown): void {
    process.stderr.write(`${messageOf(error)}\n`);
    process.exit(1);
}

/** Options of a pino logger that writes JSON lines with the service's name, ISO times and named levels. */
export function logOptions(service: string) {
    return {
        base: { service },
        timestamp: () => `,"time":"${new Date().toISOString()}"`,
        formatters: { level: (label: string) => ({ level: label }) },
    };
}
