import { Pool } from "pg";
import { clientOptions } from "./clientOptions";
import { type Log, messageOf } from "./log";
import { readPassword } from "./password";
import type { ReloadingCertificate } from "./reload";

export interface PoolSettings {
    readonly host: string;
    readonly port: number;
    readonly database: string;
    /** The common name of the client certificate as well, or PostgreSQL refuses it. */
    readonly role: string;
    /** File that holds the password; read at each connection. */
    readonly passwordFile: string;
    /** The client's certificate, and the trust bundle that the server is verified with. */
    readonly certificate: ReloadingCertificate;
    readonly log: Log;
    /** From 0 to 1, spreads the lifetimes of the replicas' pools a tenth to both sides. `Math.random` outside tests. */
    readonly random: () => number;
    /** Age at which a connection is replaced once it is idle. Default 3600. */
    readonly maxLifetimeSeconds?: number;
    /** Connections at most. Default 10. */
    readonly max?: number;
    /** Name the server is verified by, where another one is dialled. Default: the host. */
    readonly servername?: string;
}

const connectTimeoutMs = 5_000;
const queryTimeoutMs = 10_000;

/**
 * A pool of connections to PostgreSQL as `sslmode=verify-full` means it: TLS 1.3 with the policy's suites and groups, chain and name
 * of the server verified, a client certificate, and a password bound to the server's certificate. A renewed certificate is shown
 * on new connections, and the lifetime makes every connection new.
 */
export function createPool(settings: PoolSettings): Pool {
    const { host, port, database, role, log, random, maxLifetimeSeconds = 3600 } = settings;
    const pool = new Pool({
        host,
        port,
        database,
        user: role,
        password: () => readPassword(settings.passwordFile),
        ssl: clientOptions(settings.certificate, settings.servername ?? host),
        enableChannelBinding: true,
        max: settings.max ?? 10,
        maxLifetimeSeconds: Math.max(1, Math.round(maxLifetimeSeconds * (0.9 + 0.2 * random()))),
        connectionTimeoutMillis: connectTimeoutMs,
        query_timeout: queryTimeoutMs,
        statement_timeout: queryTimeoutMs,
        keepAlive: true,
    });
    // An idle connection that breaks is replaced at the next query; without a listener it would end the process.
    pool.on("error", (error) => {
        log.warn(
            { event: "postgres_connection_lost", reason: messageOf(error) },
            "connection lost",
        );
    });
    return pool;
}
