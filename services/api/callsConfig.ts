import {
    type EnvReader,
    readClientFiles,
    type TlsEnv,
    type TlsFiles,
} from "@encryption-in-transit/services-tls";
import { type AgentConfig, readAgentConfig } from "./agentConfig";
import { readStoresConfig, type StoresConfig } from "./storesConfig";

/** What the api calls. */
export interface CallsConfig {
    /** The certificate that it shows to all of them. */
    readonly clientFiles: TlsFiles;
    /** Undefined: there are no records. */
    readonly stores?: StoresConfig;
    /** Undefined: it is in no mesh. */
    readonly agent?: AgentConfig;
}

/** Undefined where it calls nobody, and then needs no certificate for it. */
export function readCallsConfig(
    reader: EnvReader,
    env: NodeJS.ProcessEnv,
    tls: TlsEnv,
): CallsConfig | undefined {
    const stores = readStoresConfig(reader, env);
    const agent = readAgentConfig(reader, env);
    if (stores === undefined && agent === undefined) return undefined;
    return {
        clientFiles: readClientFiles(reader, tls),
        ...(stores && { stores }),
        ...(agent && { agent }),
    };
}
