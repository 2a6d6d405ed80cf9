import { Redis } from "ioredis";
import { clientOptions } from "./clientOptions";
import { type Log, messageOf } from "./log";
import { readPassword } from "./password";
import type { ReloadingCertificate } from "./reload";

export interface RedisSettings {
    readonly host: string;
    readonly port: number;
    readonly username: string;
    /** File that holds the password; read before each connection. */
    readonly passwordFile: string;
    /** The client's certificate, and the trust bundle that the server is verified with. */
    readonly certificate: ReloadingCertificate;
    readonly log: Log;
    /** From 0 to 1, spreads the ages of the replicas' connections a tenth to both sides. `Math.random` outside tests. */
    readonly random: () => number;
    /** Age at which the connection is replaced as soon as no answer is awaited. Default 3600. */
    readonly maxAgeSeconds?: number;
    /** Name the server is verified by, where another one is dialled. Default: the host. */
    readonly servername?: string;
}

const longestPauseMs = 1_000;
const commandTimeoutMs = 2_000;
const quietMs = 5_000;

/**
 * A client of Redis over mutual TLS 1.3 with the policy's suites and groups, the server's chain and name verified. It connects again
 * by itself after at most a second, always with the certificate of the day, and replaces a connection that has come of age.
 *
 * A command whose answer was lost with its connection is sent again, so commands should bear being done twice. A command that
 * cannot be sent fails after the third attempt to connect, or after two seconds.
 */
export function createRedis(settings: RedisSettings): Redis {
    const { host, port, username, passwordFile, certificate, servername = host, log } = settings;
    const redis = new Redis({
        host,
        port,
        username,
        password: readPassword(passwordFile),
        tls: clientOptions(certificate, servername),
        connectTimeout: 5_000,
        commandTimeout: commandTimeoutMs,
        maxRetriesPerRequest: 2,
        retryStrategy: (times) => Math.min(times * 100, longestPauseMs),
        // Both ask what an application may not ask.
        enableReadyCheck: false,
        disableClientInfo: true,
        lazyConnect: true,
    });
    // Without a listener the driver writes errors with their stacks to standard error.
    redis.on("error", (error: unknown) => {
        log.warn({ event: "redis_connection_failed", reason: messageOf(error) }, "connection lost");
    });
    redis.on("close", () => {
        rereadPassword(redis, passwordFile, log);
    });
    limitAge(redis, settings);
    return redis;
}

function rereadPassword(redis: Redis, file: string, log: Log): void {
    try {
        redis.options.password = readPassword(file);
    } catch (error) {
        log.error({ event: "redis_password_unreadable", reason: messageOf(error) }, "old one used");
    }
}

/** Replaces each connection of age, at a moment at which no answer is awaited, so that no command is done twice. */
function limitAge(redis: Redis, { maxAgeSeconds = 3600, random }: RedisSettings): void {
    let timer: NodeJS.Timeout | undefined;
    const replace = (patienceMs: number) => {
        if (redis.commandQueue.length === 0 || patienceMs <= 0) redis.disconnect(true);
        else {
            timer = setTimeout(() => {
                replace(patienceMs - 1);
            }, 1);
        }
    };
    redis.on("ready", () => {
        clearTimeout(timer);
        timer = setTimeout(
            () => {
                replace(quietMs);
            },
            maxAgeSeconds * 1000 * (0.9 + 0.2 * random()),
        ).unref();
    });
    redis.on("close", () => {
        clearTimeout(timer);
    });
}
