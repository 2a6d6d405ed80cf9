import {
    type EnvReader,
    type PostgresEnv,
    readPostgresEnv,
} from "@encryption-in-transit/services-tls";

/** Where records are kept, and where what was read last is. */
export interface StoresConfig {
    readonly postgres: PostgresEnv;
    readonly redis: {
        readonly host: string;
        readonly port: number;
        readonly username: string;
        readonly passwordFile: string;
        readonly servername?: string;
    };
}

const variables = [
    "POSTGRES_HOST",
    "POSTGRES_PORT",
    "POSTGRES_DATABASE",
    "POSTGRES_ROLE",
    "POSTGRES_PASSWORD_FILE",
    "REDIS_HOST",
    "REDIS_PORT",
    "REDIS_USER",
    "REDIS_PASSWORD_FILE",
];

const userName = /^[a-z](?:[a-z0-9-]{0,61}[a-z0-9])?$/;
const userNameRange = 'a lower-case letter, then letters, digits and "-", at most 63';

/** Reads the variables of the stores: all of them, or undefined where not one is set. */
export function readStoresConfig(
    reader: EnvReader,
    env: NodeJS.ProcessEnv,
): StoresConfig | undefined {
    if (variables.every((name) => env[name] === undefined)) return undefined;
    return {
        postgres: readPostgresEnv(reader, { database: "llm_platform", role: "app_user" }),
        redis: {
            host: reader.identity("REDIS_HOST", "redis.llm-platform-data.svc"),
            port: reader.integer("REDIS_PORT", 1, 65535, 6380),
            username: reader.text("REDIS_USER", userName, userNameRange, "api"),
            passwordFile: reader.absolutePath(
                "REDIS_PASSWORD_FILE",
                "/etc/redis-credentials/password",
            ),
        },
    };
}
