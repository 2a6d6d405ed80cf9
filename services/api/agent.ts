import { setTimeout as sleep } from "node:timers/promises";
import type { AgentMeshClient } from "@encryption-in-transit/agent-mesh/client";
import { type Log, messageOf } from "@encryption-in-transit/services-tls";
import { Gauge, type Registry } from "prom-client";

export interface AgentSettings {
    readonly client: Pick<AgentMeshClient, "keepAgent">;
    readonly agentId: string;
    readonly capabilities: readonly string[];
    readonly registry: Registry;
    readonly log: Log;
}

/** Between two attempts that failed. */
const pauseMs = 2_000;

/** Attempts in the time of one lease: two may fail, and the agent is still known. */
const attemptsPerLease = 3;

/** The api as an agent of the mesh. Whether the mesh knows it is told, and is nothing that a request or the pod's readiness waits for. */
export class Agent {
    readonly #settings: AgentSettings;
    readonly #registered: Gauge;
    readonly #end = new AbortController();
    /** What was logged last: an outcome is told when it changes. */
    #said: string | undefined;

    constructor(settings: AgentSettings) {
        this.#settings = settings;
        this.#registered = new Gauge({
            name: "agent_mesh_registered",
            help: "1 while the agent mesh has answered that it knows this replica, 0 while it has not.",
            registers: [settings.registry],
        });
    }

    /** Registers, and renews until `close`. Never rejects. */
    public async keep(): Promise<void> {
        const { signal } = this.#end;
        while (!signal.aborted) {
            const waitMs = await this.#attempt();
            await sleep(waitMs, undefined, { ref: false, signal }).catch(() => undefined);
        }
    }

    /** Ends `keep`. The mesh forgets the agent at the end of its lease. */
    public close(): void {
        this.#end.abort();
    }

    /** Gives the time until the next one, in milliseconds. */
    async #attempt(): Promise<number> {
        const { client, agentId, capabilities, log } = this.#settings;
        try {
            const { identity, leaseSeconds } = await client.keepAgent({ agentId, capabilities });
            this.#registered.set(1);
            this.#say("", () => {
                log.info({ event: "agent_registered", agentId, identity }, "known to the mesh");
            });
            return (leaseSeconds * 1000) / attemptsPerLease;
        } catch (error) {
            const reason = messageOf(error);
            this.#registered.set(0);
            this.#say(reason, () => {
                log.warn({ event: "agent_not_registered", agentId, reason }, "tried again");
            });
            return pauseMs;
        }
    }

    #say(outcome: string, write: () => void): void {
        if (outcome !== this.#said && !this.#end.signal.aborted) write();
        this.#said = outcome;
    }
}
