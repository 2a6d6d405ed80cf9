import { Metadata } from "@grpc/grpc-js";
import type { AgentMeshClient } from "../../services/agent-mesh/client";
import { methods } from "../../services/agent-mesh/definition";
import { ask } from "./client";
import type { Credential } from "./pki";
import { prometheus, verifier } from "./running";
import { refused, RunningAgentMesh, watcher } from "./runningAgentMesh";

let running: RunningAgentMesh;
let now: Date;
let verifierCredential: Credential;
let client: AgentMeshClient;

beforeEach(async () => {
    now = new Date();
    running = await RunningAgentMesh.start({ clock: () => now });
    verifierCredential = await running.pki.client(verifier);
    client = running.client(verifierCredential);
});

afterEach(() => running.stop());

const agent = { agentId: "agent-001", capabilities: ["search", "summarise"] };

describe("the audit log", () => {
    const last = () => running.log.events("call").at(-1);

    it("says who called what, from where, and how it ended", async () => {
        await client.registerAgent(agent);
        expect(last()).toEqual({
            event: "call",
            identity: verifier,
            peer: expect.stringMatching(/127\.0\.0\.1:\d+$/) as string,
            method: "/agentmesh.v1.AgentMeshService/RegisterAgent",
            status: "OK",
            outcome: "allowed",
            durationMs: 0,
            message: "call",
        });
    });

    it("names the code of a refusal", async () => {
        const other = running.client(await running.pki.client(watcher));
        await refused(other.registerAgent(agent));
        expect(last()).toMatchObject({
            identity: watcher,
            status: "PERMISSION_DENIED",
            code: "method_not_allowed",
            outcome: "refused",
        });
        await refused(client.renewAgent({ agentId: "nobody" }));
        expect(last()).toMatchObject({ status: "NOT_FOUND", code: "agent_not_registered" });
    });

    it("holds no metadata and no message", async () => {
        const metadata = new Metadata();
        metadata.set("authorization", "Bearer planted");
        const bytes = methods.RegisterAgent.serialize({ ...agent, capabilities: ["planted"] });
        expect(await running.raw(verifierCredential, { metadata, bytes })).toBeDefined();
        await refused(
            running.raw(verifierCredential, { metadata, bytes: Buffer.from("0aff", "hex") }),
        );
        const log = JSON.stringify(running.log.lines);
        expect(running.log.events("call")).toHaveLength(2);
        expect(log).not.toMatch(/planted|BEGIN|MII/);
    });
});

describe("metrics", () => {
    const metricsOf = async (identity: string) =>
        ask({
            ...running.dial(await running.pki.client(identity)),
            port: running.service.metricsPort,
            path: "/metrics",
            agent: false,
        });

    it("are shown to the monitor alone", async () => {
        await client.registerAgent(agent);
        const { status: httpStatus, body } = await metricsOf(prometheus);
        expect(httpStatus).toBe(200);
        expect(body).toMatch(/^agent_mesh_agents 1$/m);
        expect(body).toMatch(/^ssl_certificate_expiry_seconds \d{10}$/m);
        expect(body).toMatch(/^tls_reload_failures_total 0$/m);
        expect((await metricsOf(verifier)).status).toBe(403);
        now = new Date(now.getTime() + 60_000);
        expect((await metricsOf(prometheus)).body).toMatch(/^agent_mesh_agents 0$/m);
    });

    it("do not make the monitor a caller", async () => {
        const monitor = running.client(await running.pki.client(prometheus));
        expect((await refused(monitor.registerAgent(agent)))[0]).toBe("PERMISSION_DENIED");
    });
});
