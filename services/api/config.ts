import {
    defaultHealthSocket,
    EnvReader,
    readResult,
    readTlsEnv,
    type TlsEnv,
} from "@encryption-in-transit/services-tls";
import { agentDefaults } from "./agentConfig";
import { type CallsConfig, readCallsConfig } from "./callsConfig";

export interface ApiConfig extends TlsEnv {
    readonly port: number;
    /** The one peer whose `Client-Cert` header is believed. */
    readonly gatewayIdentity: string;
    /** End clients, whether they come by the gateway or directly. */
    readonly allowedClients: readonly string[];
    /** Undefined: it calls nobody. */
    readonly calls?: CallsConfig;
    /** Unix socket of the health endpoint. */
    readonly healthSocket: string;
}

/** Reads the configuration, or the errors that stand against it: all of them, one line each. */
export function readConfig(
    env: NodeJS.ProcessEnv,
): { config: ApiConfig } | { errors: readonly string[] } {
    const defaults = { HEALTH_SOCKET: defaultHealthSocket, ...agentDefaults() };
    const reader = new EnvReader({ ...defaults, ...env });
    const port = reader.integer("PORT", 1024, 65535, 3001);
    const tls = readTlsEnv(reader);
    const calls = readCallsConfig(reader, env, tls);
    const config: ApiConfig = {
        port,
        ...tls,
        ...(calls && { calls }),
        gatewayIdentity: reader.identity("GATEWAY_IDENTITY", "gateway.llm-platform.svc"),
        allowedClients: reader.identities("ALLOWED_CLIENTS", "verifier.llm-platform.svc"),
        healthSocket: reader.absolutePath("HEALTH_SOCKET", defaultHealthSocket),
    };
    return readResult(reader, config);
}
