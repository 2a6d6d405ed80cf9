import { grpc } from "../applications/grpc";
import type { Check } from "../check";
import { http2Agreed, methodRefused } from "../checks/agentMesh";
import { metricsPort, metricsRefused } from "../checks/metrics";
import { mutualTlsChecks } from "../checks/mutualTls";
import { plaintextRefused } from "../checks/plaintext";
import { noSessionTickets } from "../checks/sessionTickets";
import type { InsideHop } from "../hop";
import { hopTo, type Common, type ServerSettings } from "../settings";

/** Without an agent's name it is INVALID_ARGUMENT, and nothing is registered. */
const registerAgent = { path: "/agentmesh.v1.AgentMeshService/RegisterAgent", status: "3" };

/** The agents' gRPC service. The verifier may register agents there, and does not. */
export function agentMeshHop(common: Common, server: ServerSettings): InsideHop {
    return {
        ...hopTo("agent-mesh", common, server),
        metricsPort,
        application: grpc(registerAgent),
    };
}

export const agentMeshChecks: readonly Check<InsideHop>[] = [
    ...mutualTlsChecks,
    http2Agreed,
    methodRefused,
    plaintextRefused,
    noSessionTickets,
    metricsRefused,
];
