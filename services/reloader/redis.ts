import { readFileSync } from "node:fs";
import { join } from "node:path";
import {
    type Log,
    messageOf,
    type TlsFiles,
    type TlsPolicy,
} from "@encryption-in-transit/services-tls";
import { Redis } from "ioredis";
import { Gauge, type Registry } from "prom-client";
import { type Daemon, DaemonAway, isAway } from "./daemon";
import { drift, parseRedisConf } from "./redisConf";
import { certificateServed } from "./served";

export interface RedisSettings {
    /** Unix socket of the daemon, shared by the two containers. */
    readonly socket: string;
    /** User that may `CONFIG GET`, `CONFIG SET` and nothing that touches data. */
    readonly user: string;
    readonly passwordFile: string;
    /** What the daemon was started with. */
    readonly configFile: string;
    readonly files: TlsFiles;
    readonly policy: TlsPolicy;
}

/** Redis: it reads its files again when their paths are set, all of them or none. */
export class RedisDaemon implements Daemon {
    readonly #settings: RedisSettings;
    readonly #log: Log;
    readonly #drift: Gauge<"key">;
    #drifted = "";

    constructor(settings: RedisSettings, registry: Registry, log: Log) {
        this.#settings = settings;
        this.#log = log;
        this.#drift = new Gauge({
            name: "redis_config_drift",
            help: "1 for a parameter of redis.conf with which the daemon no longer runs, else 0; nothing where it cannot be asked.",
            labelNames: ["key"],
            registers: [registry],
        });
    }

    public async reload(): Promise<void> {
        const { certificateDirectory, trustFile } = this.#settings.files;
        // One command: the daemon takes the three together, or keeps what it has.
        await this.#ask((redis) =>
            redis.config(
                "SET",
                "tls-cert-file",
                join(certificateDirectory, "tls.crt"),
                "tls-key-file",
                join(certificateDirectory, "tls.key"),
                "tls-ca-cert-file",
                trustFile,
            ),
        );
    }

    public async served() {
        // By the file, since a port that was moved at run time is one that nobody serves.
        const port = Number(this.#parameters().get("tls-port"));
        if (!(port > 0)) throw new Error(`${this.#settings.configFile} has no tls-port`);
        return certificateServed({ port, policy: this.#settings.policy });
    }

    public async inspect(): Promise<void> {
        const differs = await this.#compare().catch((error: unknown) => {
            // The old answer would no longer be one.
            this.#drift.reset();
            throw error;
        });
        this.#drift.reset();
        differs.forEach((drifted, key) => {
            this.#drift.set({ key }, drifted ? 1 : 0);
        });
        this.#report([...differs].filter(([, drifted]) => drifted).map(([key]) => key));
    }

    async #compare(): Promise<ReadonlyMap<string, boolean>> {
        const file = this.#parameters();
        const running = await this.#ask((redis) => redis.config("GET", ...file.keys()));
        return drift(file, pairs(running));
    }

    #parameters(): ReadonlyMap<string, string> {
        return parseRedisConf(readFileSync(this.#settings.configFile, "utf8"));
    }

    /** Keys only: a value could be a secret. */
    #report(keys: readonly string[]): void {
        const drifted = keys.join(" ");
        if (drifted === this.#drifted) return;
        this.#drifted = drifted;
        const fields = { event: "redis_config_drift", keys };
        if (keys.length > 0) this.#log.warn(fields, "redis does not run with its redis.conf");
        else this.#log.info(fields, "redis runs with its redis.conf again");
    }

    /** A connection for each question: one that is kept would have to be watched, and would end with the daemon. */
    async #ask<Answer>(question: (redis: Redis) => Promise<Answer>): Promise<Answer> {
        const { socket, user, passwordFile } = this.#settings;
        const redis = new Redis(socket, {
            lazyConnect: true,
            retryStrategy: null,
            protocol: 2,
            disableClientInfo: true,
            enableReadyCheck: false,
            connectTimeout: 3_000,
            commandTimeout: 3_000,
        });
        let fault: unknown;
        redis.on("error", (error: unknown) => (fault = error));
        try {
            await redis.connect();
            await redis.auth(user, readFileSync(passwordFile, "utf8").trim());
            return await question(redis);
        } catch (error) {
            throw this.#fault(fault ?? error);
        } finally {
            redis.disconnect();
        }
    }

    /** Says what is wrong without the error itself, which carries the command and so the password. */
    #fault(error: unknown): Error {
        const { socket, user, passwordFile } = this.#settings;
        if (isAway(error)) return new DaemonAway(`nobody listens on ${socket}`);
        const message = messageOf(error);
        if (!message.startsWith("WRONGPASS")) return new Error(message);
        return new Error(
            `redis refuses user ${JSON.stringify(user)} with the password of ${passwordFile}; set both as the daemon's users have them`,
        );
    }
}

/** The flat answer of `CONFIG GET`. */
function pairs(answer: unknown): ReadonlyMap<string, string> {
    const texts = Array.isArray(answer) ? answer.map(String) : [];
    return new Map(
        texts.flatMap((key, index) => (index % 2 === 0 ? [[key, texts[index + 1] ?? ""]] : [])),
    );
}
