import {
    defaultHealthSocket,
    EnvReader,
    readTlsEnv,
    type TlsEnv,
} from "@encryption-in-transit/services-tls";
import type { PostgresSettings } from "./postgres";
import type { RedisSettings } from "./redis";

/** How to reach the daemon, beside what its certificate is. */
export type DaemonConfig =
    | ({ readonly kind: "postgres" } & Pick<PostgresSettings, "pidFile">)
    | ({ readonly kind: "redis" } & Omit<RedisSettings, "files" | "policy">);

export interface ReloaderConfig extends TlsEnv {
    readonly daemon: DaemonConfig;
    /** Further files that the daemon reads again when it is told to. */
    readonly configFiles: readonly string[];
    /** Remembers over a restart what the daemon was told. */
    readonly stateFile: string;
    readonly lookSeconds: number;
    /** Unix socket of the health endpoint. */
    readonly healthSocket: string;
}

const defaults = {
    HEALTH_SOCKET: defaultHealthSocket,
    STATE_FILE: "/tmp/told",
    LOOK_SECONDS: "30",
    CONNECTION_MAX_AGE_SECONDS: "3600",
    DRAIN_SECONDS: "1",
};

/** Reads the configuration, or the errors that stand against it: all of them, one line each. */
export function readConfig(
    env: NodeJS.ProcessEnv,
): { config: ReloaderConfig } | { errors: readonly string[] } {
    const reader = new EnvReader({ ...defaults, ...env });
    const config: ReloaderConfig = {
        daemon: readDaemon(reader),
        ...readTlsEnv(reader),
        configFiles:
            env.CONFIG_FILES === undefined
                ? []
                : reader.list(
                      "CONFIG_FILES",
                      (text) => text.startsWith("/"),
                      "absolute paths with colons between",
                      "/etc/postgres-conf/pg_hba.conf",
                  ),
        stateFile: reader.absolutePath("STATE_FILE", defaults.STATE_FILE),
        lookSeconds: reader.integer("LOOK_SECONDS", 1, 300, 30),
        healthSocket: reader.absolutePath("HEALTH_SOCKET", defaultHealthSocket),
    };
    return reader.errors.length === 0 ? { config } : { errors: reader.errors };
}

function readDaemon(reader: EnvReader): DaemonConfig {
    const kind = reader.choice("DAEMON", ["postgres", "redis"]);
    if (kind === "postgres") {
        const example = "/var/lib/postgresql/data/pgdata/postmaster.pid";
        return { kind, pidFile: reader.absolutePath("POSTGRES_PID_FILE", example) };
    }
    const path = (name: string, example: string) => reader.absolutePath(name, example);
    return {
        kind,
        socket: path("REDIS_SOCKET", "/run/redis/redis.sock"),
        user: reader.text("REDIS_RELOAD_USER", /^[a-z][a-z0-9_-]*$/, "a user of Redis", "reload"),
        passwordFile: path("REDIS_RELOAD_PASSWORD_FILE", "/etc/redis-reload/password"),
        configFile: path("REDIS_CONFIG_FILE", "/etc/redis-conf/redis.conf"),
    };
}
