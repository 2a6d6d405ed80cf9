import { call } from "../applications/grpc";
import type { Check } from "../check";
import { handshake } from "../connection";
import type { InsideHop } from "../hop";

/** HTTP/2 is agreed on by ALPN, as gRPC needs it, and nothing else in its place. */
export const http2Agreed: Check = {
    id: "alpn-h2",
    controls: ["CM-6"],
    wanted: () => "h2",
    look: async (hop) => {
        const socket = await handshake(hop, {
            client: hop.verifier,
            protocols: ["http/1.1", "h2"],
        });
        const seen = socket.alpnProtocol || "none";
        socket.destroy();
        return { ok: seen === "h2", seen };
    },
};

/** Who may call one method may not call them all: the verifier may register an agent, and not renew one. */
export const methodRefused: Check<InsideHop> = {
    id: "method-refused",
    controls: ["AC-17(2)", "IA-3"],
    wanted: () => "grpc-status 7 (PERMISSION_DENIED) to RenewAgent",
    look: async (hop) => {
        const answer = await call(hop, "/agentmesh.v1.AgentMeshService/RenewAgent", hop.verifier);
        if (answer.kind === "refused") throw new Error(`refused: ${answer.reason}`);
        return { ok: answer.status === "7", seen: `grpc-status ${answer.status}` };
    },
};
