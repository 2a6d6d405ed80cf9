import {
    type CertificateMetrics,
    type Clock,
    type Log,
    ReloadingCertificate,
    type TlsPolicy,
} from "@encryption-in-transit/services-tls";
import { createPool } from "@encryption-in-transit/services-tls/postgres";
import { createRedis } from "@encryption-in-transit/services-tls/redis";
import { Counter, type Registry } from "prom-client";
import { RecordCache } from "./recordCache";
import { Records } from "./records";
import { RecordTable } from "./recordTable";
import type { StoresConfig } from "./storesConfig";

export interface StoresSettings {
    readonly config: StoresConfig;
    readonly policy: TlsPolicy;
    readonly connectionMaxAgeSeconds: number;
    /** Of the certificate that is shown to the stores. */
    readonly metrics: CertificateMetrics;
    readonly registry: Registry;
    readonly log: Log;
    readonly clock: Clock;
    readonly random: () => number;
}

/** Both stores, as long as the service runs. */
export interface Stores {
    readonly records: Records;
    readonly certificate: ReloadingCertificate;
    /** Ends every connection, once no request needs one any more. */
    close(): Promise<void>;
}

/**
 * Connects to both stores, in the background and again whenever that is needed: the service starts, and serves what needs no store,
 * whether they are there or not. Throws one sentence where the client certificate does not fit.
 */
export function openStores(settings: StoresSettings): Stores {
    const { config, policy, log, clock, metrics, registry } = settings;
    const files = config.clientFiles;
    const certificate = new ReloadingCertificate({
        files,
        use: "client",
        policy,
        metrics,
        log,
        clock,
    });
    const pool = createPool({
        ...config.postgres,
        ...common(settings, certificate),
        maxLifetimeSeconds: settings.connectionMaxAgeSeconds,
    });
    const redis = createRedis({
        ...config.redis,
        ...common(settings, certificate),
        maxAgeSeconds: settings.connectionMaxAgeSeconds,
    });
    const failures = failureCounter(registry);
    const failed = (store: "postgres" | "redis") => () => {
        failures.inc({ store });
    };
    const table = new RecordTable({ pool, log, failed: failed("postgres") });
    const cache = new RecordCache({ redis, log, failed: failed("redis") });
    certificate.watch();
    void table.prepare();
    // It goes on trying by itself, and logs why it has to.
    redis.connect().catch(() => undefined);
    const close = async () => {
        table.close();
        redis.disconnect();
        await pool.end();
        certificate.close();
    };
    return { records: new Records(table, cache), certificate, close };
}

const common = ({ log, random }: StoresSettings, certificate: ReloadingCertificate) => ({
    certificate,
    log,
    random,
});

const failureCounter = (registry: Registry) =>
    new Counter({
        name: "store_failures_total",
        help: "Questions that a store could not answer; without postgres a request fails, without redis it takes longer.",
        labelNames: ["store"] as const,
        registers: [registry],
    });
