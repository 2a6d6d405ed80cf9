import { hostname } from "node:os";
import type { EnvReader } from "@encryption-in-transit/services-tls";

/** The agent mesh, and as which agent the api is in it. */
export interface AgentConfig {
    readonly host: string;
    readonly port: number;
    /** Of this replica; the identity is the certificate's. */
    readonly agentId: string;
    /** Name that the server is verified by, where another one is dialled. */
    readonly servername?: string;
}

const variables = ["AGENT_MESH_HOST", "AGENT_MESH_PORT"];

/** In a pod its name. */
export const agentDefaults = () => ({ AGENT_ID: hostname() });

/** Reads the variables of the agent mesh: both, or undefined where neither is set. */
export function readAgentConfig(
    reader: EnvReader,
    env: NodeJS.ProcessEnv,
): AgentConfig | undefined {
    if (variables.every((name) => env[name] === undefined)) return undefined;
    return {
        host: reader.identity("AGENT_MESH_HOST", "agent-mesh.llm-platform.svc"),
        port: reader.integer("AGENT_MESH_PORT", 1, 65535, 50051),
        agentId: reader.text(
            "AGENT_ID",
            /^[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?$/,
            'lower-case letters, digits and "-", at most 63',
            "api-1",
        ),
    };
}
