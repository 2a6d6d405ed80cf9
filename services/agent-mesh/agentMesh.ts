import { type Log, messageOf } from "@encryption-in-transit/services-tls";
import type { handleUnaryCall } from "@grpc/grpc-js";
import type { Agents } from "./agents";
import { type Received, type RegisterAgentRequest, type Registration } from "./definition";
import type { RenewAgentRequest } from "./definition";
import { callerOf } from "./guard";
import { Refusal } from "./refusal";

type Handler<Request> = handleUnaryCall<Received<Request>, Registration>;

/** What the service does, once the caller is known and allowed. */
export interface AgentMeshHandlers {
    readonly RegisterAgent: Handler<RegisterAgentRequest>;
    readonly RenewAgent: Handler<RenewAgentRequest>;
}

const namePattern = /^[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?$/;
const capabilitiesAtMost = 32;

export function createHandlers(agents: Agents, log: Log): AgentMeshHandlers {
    return {
        RegisterAgent: answering(log, (identity, request: RegisterAgentRequest) => {
            checkNames([request.agentId, ...request.capabilities]);
            if (request.capabilities.length > capabilitiesAtMost) throw new Refusal("malformed");
            return agents.register(identity, request) ?? refuse("too_many_agents");
        }),
        RenewAgent: answering(log, (identity, { agentId }: RenewAgentRequest) => {
            checkNames([agentId]);
            return agents.renew(identity, agentId) ?? refuse("agent_not_registered");
        }),
    };
}

/** Answers with what the work gives, or with a refusal. What else is thrown is our own fault, and told to the log alone. */
function answering<Request>(
    log: Log,
    work: (identity: string, request: Request) => Registration,
): Handler<Request> {
    return (call, answer) => {
        try {
            const identity = callerOf(call) ?? refuse("client_cert_required");
            answer(null, work(identity, call.request.message ?? refuse("malformed")));
        } catch (error) {
            if (error instanceof Refusal) answer(error.status);
            else {
                log.error({ event: "call_failed", reason: messageOf(error) }, "call failed");
                answer(new Refusal("internal_error").status);
            }
        }
    };
}

function checkNames(names: readonly string[]): void {
    if (!names.every((name) => namePattern.test(name))) throw new Refusal("malformed");
}

function refuse(code: ConstructorParameters<typeof Refusal>[0]): never {
    throw new Refusal(code);
}
