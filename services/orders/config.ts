import {
    defaultHealthSocket,
    EnvReader,
    readClientFiles,
    readResult,
    readTlsEnv,
    type TlsEnv,
    type TlsFiles,
} from "@encryption-in-transit/services-tls";

export interface OrdersConfig extends TlsEnv {
    readonly port: number;
    readonly allowedClients: readonly string[];
    /** The certificate that it shows to the platform's api and to its database. */
    readonly clientFiles: TlsFiles;
    readonly api: Server;
    readonly postgres: Server & {
        readonly database: string;
        readonly role: string;
        readonly passwordFile: string;
    };
    /** Unix socket of the health endpoint. */
    readonly healthSocket: string;
}

/** A server that is called. */
export interface Server {
    readonly host: string;
    readonly port: number;
    /** Name that it is verified by, where another one is dialled. */
    readonly servername?: string;
}

/** Reads the configuration, or the errors that stand against it: all of them, one line each. */
export function readConfig(
    env: NodeJS.ProcessEnv,
): { config: OrdersConfig } | { errors: readonly string[] } {
    const reader = new EnvReader({ HEALTH_SOCKET: defaultHealthSocket, ...env });
    const tls = readTlsEnv(reader);
    return readResult(reader, {
        port: reader.integer("PORT", 1024, 65535, 3003),
        ...tls,
        allowedClients: reader.identities("ALLOWED_CLIENTS", "web.orders.svc"),
        clientFiles: readClientFiles(reader, tls),
        api: {
            host: reader.identity("API_HOST", "api.llm-platform.svc"),
            port: reader.integer("API_PORT", 1, 65535, 3001),
        },
        postgres: readPostgres(reader),
        healthSocket: reader.absolutePath("HEALTH_SOCKET", defaultHealthSocket),
    });
}

const databaseName = /^[a-z_][a-z0-9_]{0,62}$/;
const databaseNameRange = '1 to 63 lower-case letters, digits and "_", no digit first';

const readPostgres = (reader: EnvReader): OrdersConfig["postgres"] => ({
    host: reader.identity("POSTGRES_HOST", "postgres.llm-platform-data.svc"),
    port: reader.integer("POSTGRES_PORT", 1, 65535, 5432),
    database: reader.text("POSTGRES_DATABASE", databaseName, databaseNameRange, "orders"),
    role: reader.text("POSTGRES_ROLE", databaseName, databaseNameRange, "orders_app"),
    passwordFile: reader.absolutePath(
        "POSTGRES_PASSWORD_FILE",
        "/etc/postgres-credentials/password",
    ),
});
