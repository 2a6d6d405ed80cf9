import {
    defaultHealthSocket,
    EnvReader,
    isIdentity,
    readResult,
    readTlsEnv,
    type TlsEnv,
} from "@encryption-in-transit/services-tls";
import { isMethodName, type MethodName } from "./definition";
import type { AllowedMethods } from "./guard";

export interface AgentMeshConfig extends TlsEnv {
    readonly port: number;
    readonly allowedMethods: AllowedMethods;
    /** Unix socket of the health endpoint. */
    readonly healthSocket: string;
}

/** Reads the configuration, or the errors that stand against it: all of them, one line each. */
export function readConfig(
    env: NodeJS.ProcessEnv,
): { config: AgentMeshConfig } | { errors: readonly string[] } {
    const reader = new EnvReader({ HEALTH_SOCKET: defaultHealthSocket, ...env });
    const config: AgentMeshConfig = {
        port: reader.integer("PORT", 1024, 65535, 50051),
        ...readTlsEnv(reader),
        allowedMethods:
            reader.json(
                "ALLOWED_METHODS",
                parseAllowedMethods,
                "a JSON object of identities <service>.<namespace>.svc, each with a list of methods",
                '{"verifier.llm-platform.svc":["RegisterAgent"]}',
            ) ?? new Map(),
        healthSocket: reader.absolutePath("HEALTH_SOCKET", defaultHealthSocket),
    };
    return readResult(reader, config);
}

/** Undefined where anything is not as it should be: a list of methods that is half read would allow something else. */
function parseAllowedMethods(value: unknown): AllowedMethods | undefined {
    if (typeof value !== "object" || value === null || Array.isArray(value)) return undefined;
    const entries = Object.entries(value);
    const valid = entries.every(
        ([identity, names]) =>
            isIdentity(identity) && Array.isArray(names) && names.every(isMethod),
    );
    return valid ? new Map(entries as [string, MethodName[]][]) : undefined;
}

function isMethod(name: unknown): boolean {
    return typeof name === "string" && isMethodName(name);
}
