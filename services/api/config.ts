import {
    defaultHealthSocket,
    EnvReader,
    readTlsEnv,
    type TlsEnv,
} from "@encryption-in-transit/services-tls";
import { readStoresConfig, type StoresConfig } from "./storesConfig";

export interface ApiConfig extends TlsEnv {
    readonly port: number;
    /** The one peer whose `Client-Cert` header is believed. */
    readonly gatewayIdentity: string;
    /** End clients, whether they come by the gateway or directly. */
    readonly allowedClients: readonly string[];
    /** Undefined: there are no records. */
    readonly stores?: StoresConfig;
    /** Unix socket of the health endpoint. */
    readonly healthSocket: string;
}

/** Reads the configuration, or the errors that stand against it: all of them, one line each. */
export function readConfig(
    env: NodeJS.ProcessEnv,
): { config: ApiConfig } | { errors: readonly string[] } {
    const reader = new EnvReader({ HEALTH_SOCKET: defaultHealthSocket, ...env });
    const port = reader.integer("PORT", 1024, 65535, 3001);
    const tls = readTlsEnv(reader);
    const stores = readStoresConfig(reader, env, tls);
    const config: ApiConfig = {
        port,
        ...tls,
        ...(stores && { stores }),
        gatewayIdentity: reader.identity("GATEWAY_IDENTITY", "gateway.llm-platform.svc"),
        allowedClients: reader.identities("ALLOWED_CLIENTS", "verifier.llm-platform.svc"),
        healthSocket: reader.absolutePath("HEALTH_SOCKET", defaultHealthSocket),
    };
    if (reader.errors.length === 0 && config.port === config.metricsPort) {
        return {
            errors: [
                `METRICS_PORT is "${config.port}", as PORT is; expected another port; set METRICS_PORT=9443`,
            ],
        };
    }
    return reader.errors.length === 0 ? { config } : { errors: reader.errors };
}
