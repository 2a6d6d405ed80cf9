import type { Clock } from "@encryption-in-transit/services-tls";
import { Gauge, type Registry } from "prom-client";
import type { RegisterAgentRequest, Registration } from "./definition";

interface Agent {
    readonly capabilities: readonly string[];
    readonly endsAt: number;
}

/** Time for which an agent is known without renewing. */
export const leaseSeconds = 60;

/** Agents that one identity may have. */
export const agentsPerIdentity = 1_000;

/**
 * The agents of the mesh, each under the identity that registered it, for as long as its lease. They are known to this replica
 * alone and are gone with it: an agent that is not found registers again.
 */
export class Agents {
    readonly #byIdentity = new Map<string, Map<string, Agent>>();

    constructor(
        private readonly clock: Clock,
        registry: Registry,
    ) {
        const count = () => this.#count();
        new Gauge({
            name: "agent_mesh_agents",
            help: "Agents that are registered with this replica now.",
            registers: [registry],
            collect() {
                this.set(count());
            },
        });
    }

    /** Registers an agent, or changes it; undefined where the identity has too many. */
    public register(identity: string, request: RegisterAgentRequest): Registration | undefined {
        const { agentId, capabilities } = request;
        const agents = this.#of(identity);
        if (!agents.has(agentId) && agents.size >= agentsPerIdentity) return undefined;
        agents.set(agentId, { capabilities, endsAt: this.#now() + leaseSeconds * 1000 });
        this.#byIdentity.set(identity, agents);
        return { agentId, identity, capabilities, leaseSeconds };
    }

    /** Renews an agent's lease; undefined where the identity has no such agent here. */
    public renew(identity: string, agentId: string): Registration | undefined {
        const agent = this.#of(identity).get(agentId);
        return agent && this.register(identity, { agentId, capabilities: agent.capabilities });
    }

    /** The agents of an identity whose lease has not ended. */
    #of(identity: string): Map<string, Agent> {
        const agents = this.#byIdentity.get(identity) ?? new Map<string, Agent>();
        for (const [agentId, { endsAt }] of agents) {
            if (endsAt <= this.#now()) agents.delete(agentId);
        }
        if (agents.size === 0) this.#byIdentity.delete(identity);
        return agents;
    }

    #count(): number {
        return [...this.#byIdentity.keys()].reduce((sum, key) => sum + this.#of(key).size, 0);
    }

    #now(): number {
        return this.clock().getTime();
    }
}
