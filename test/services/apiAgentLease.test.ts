import { setTimeout as sleep } from "node:timers/promises";
import { Registry } from "prom-client";
import { Agent } from "../../services/api/agent";
import { MemoryLog } from "./running";

const leaseSeconds = 0.3;
const request = { agentId: "api-1", capabilities: ["echo"] };

/** A mesh that answers at once, and counts. */
function keeping() {
    const log = new MemoryLog();
    const asked: object[] = [];
    const client = {
        keepAgent: (one: typeof request) => {
            asked.push(one);
            const identity = "api.llm-platform.svc";
            return Promise.resolve({ ...one, identity, leaseSeconds });
        },
    };
    const agent = new Agent({ client, ...request, registry: new Registry(), log });
    return { agent, asked, log, ended: agent.keep() };
}

it("is renewed three times in its length, which is told once", async () => {
    const { agent, asked, log, ended } = keeping();
    await sleep(leaseSeconds * 1000 * 3);
    agent.close();
    await ended;
    expect(asked.length).toBeGreaterThanOrEqual(6);
    expect(asked.length).toBeLessThanOrEqual(10);
    expect(new Set(asked.map((one) => JSON.stringify(one)))).toEqual(
        new Set([JSON.stringify(request)]),
    );
    expect(log.lines).toHaveLength(1);
});

it("is left alone once the agent is closed", async () => {
    const { agent, asked, ended } = keeping();
    agent.close();
    await ended;
    await sleep(leaseSeconds * 1000);
    expect(asked).toHaveLength(1);
});
