import type { Log, ReloadingCertificate } from "@encryption-in-transit/services-tls";
import { createPool } from "@encryption-in-transit/services-tls/postgres";
import { createRedis } from "@encryption-in-transit/services-tls/redis";
import { Counter, type Registry } from "prom-client";
import { RecordCache } from "./recordCache";
import { Records } from "./records";
import { RecordTable } from "./recordTable";
import type { StoresConfig } from "./storesConfig";

export interface StoresSettings {
    readonly config: StoresConfig;
    /** The certificate that is shown to both. */
    readonly certificate: ReloadingCertificate;
    readonly connectionMaxAgeSeconds: number;
    readonly registry: Registry;
    readonly log: Log;
    readonly random: () => number;
}

/** Both stores, as long as the service runs. */
export interface Stores {
    readonly records: Records;
    /** Ends every connection, once no request needs one any more. */
    close(): Promise<void>;
}

/** Connects to both stores, in the background and again whenever that is needed. */
export function openStores(settings: StoresSettings): Stores {
    const { config, certificate, connectionMaxAgeSeconds, registry, log, random } = settings;
    const common = { certificate, log, random };
    const pool = createPool({
        ...config.postgres,
        ...common,
        maxLifetimeSeconds: connectionMaxAgeSeconds,
    });
    const redis = createRedis({
        ...config.redis,
        ...common,
        maxAgeSeconds: connectionMaxAgeSeconds,
    });
    const failures = failureCounter(registry);
    const failed = (store: "postgres" | "redis") => () => {
        failures.inc({ store });
    };
    const table = new RecordTable({ pool, log, failed: failed("postgres") });
    const cache = new RecordCache({ redis, log, failed: failed("redis") });
    void table.prepare();
    // It goes on trying by itself, and logs why it has to.
    redis.connect().catch(() => undefined);
    const close = async () => {
        table.close();
        redis.disconnect();
        await pool.end();
    };
    return { records: new Records(table, cache), close };
}

const failureCounter = (registry: Registry) =>
    new Counter({
        name: "store_failures_total",
        help: "Questions that a store could not answer; without postgres a request fails, without redis it takes longer.",
        labelNames: ["store"] as const,
        registers: [registry],
    });
