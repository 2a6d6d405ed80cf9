import {
    defaultHealthSocket,
    EnvReader,
    type PostgresEnv,
    readClientFiles,
    readPostgresEnv,
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
    readonly postgres: PostgresEnv;
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
        postgres: readPostgresEnv(reader, { database: "orders", role: "orders_app" }),
        healthSocket: reader.absolutePath("HEALTH_SOCKET", defaultHealthSocket),
    });
}
