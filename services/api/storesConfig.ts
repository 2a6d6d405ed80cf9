import type { EnvReader } from "@encryption-in-transit/services-tls";

/** Where records are kept, and where what was read last is. */
export interface StoresConfig {
    readonly postgres: {
        readonly host: string;
        readonly port: number;
        readonly database: string;
        readonly role: string;
        readonly passwordFile: string;
        /** Name that the server is verified by, where another one is dialled. */
        readonly servername?: string;
    };
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

const databaseName = /^[a-z_][a-z0-9_]{0,62}$/;
const databaseNameRange = '1 to 63 lower-case letters, digits and "_", no digit first';
const userName = /^[a-z](?:[a-z0-9-]{0,61}[a-z0-9])?$/;
const userNameRange = 'a lower-case letter, then letters, digits and "-", at most 63';

/** Reads the variables of the stores: all of them, or undefined where not one is set. */
export function readStoresConfig(
    reader: EnvReader,
    env: NodeJS.ProcessEnv,
): StoresConfig | undefined {
    if (variables.every((name) => env[name] === undefined)) return undefined;
    return {
        postgres: {
            host: reader.identity("POSTGRES_HOST", "postgres.llm-platform-data.svc"),
            port: reader.integer("POSTGRES_PORT", 1, 65535, 5432),
            database: reader.text(
                "POSTGRES_DATABASE",
                databaseName,
                databaseNameRange,
                "llm_platform",
            ),
            role: reader.text("POSTGRES_ROLE", databaseName, databaseNameRange, "app_user"),
            passwordFile: reader.absolutePath(
                "POSTGRES_PASSWORD_FILE",
                "/etc/postgres-credentials/password",
            ),
        },
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
