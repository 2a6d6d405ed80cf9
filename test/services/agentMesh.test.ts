import { connect, type ClientHttp2Session } from "node:http2";
import { connect as connectTls } from "node:tls";
import { Metadata, type ServiceError } from "@grpc/grpc-js";
import type { AgentMeshClient } from "../../services/agent-mesh/client";
import { Agents } from "../../services/agent-mesh/agents";
import { type Credential, Pki } from "./pki";
import { verifier } from "./running";
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
const registration = { ...agent, identity: verifier, leaseSeconds: 60 };

const later = (seconds: number) => {
    now = new Date(now.getTime() + seconds * 1000);
};

describe("an agent", () => {
    it("is registered under the identity of its caller, again and again", async () => {
        expect(await client.registerAgent(agent)).toEqual(registration);
        expect(await client.registerAgent({ ...agent, capabilities: [] })).toEqual({
            ...registration,
            capabilities: [],
        });
    });

    it("is known as long as its lease is renewed", async () => {
        await client.registerAgent(agent);
        later(59);
        expect(await client.renewAgent(agent)).toEqual(registration);
        later(59);
        expect(await client.renewAgent(agent)).toEqual(registration);
        later(60);
        expect(await refused(client.renewAgent(agent))).toEqual([
            "NOT_FOUND",
            "agent_not_registered",
        ]);
    });

    it("that the server does not know is registered by who keeps it", async () => {
        expect(await client.keepAgent(agent)).toEqual(registration);
        expect(await client.renewAgent(agent)).toEqual(registration);
        expect(await client.keepAgent({ ...agent, capabilities: [] })).toEqual(registration);
    });

    it("of another identity is not found", async () => {
        await client.registerAgent(agent);
        const other = running.client(await running.pki.client(watcher));
        expect(await refused(other.renewAgent(agent))).toEqual([
            "NOT_FOUND",
            "agent_not_registered",
        ]);
    });

    it("is one of a thousand at most", async () => {
        const ids = Array.from({ length: 1_000 }, (_, index) => `agent-${index}`);
        await Promise.all(ids.map((agentId) => client.registerAgent({ ...agent, agentId })));
        expect(await refused(client.registerAgent(agent))).toEqual([
            "RESOURCE_EXHAUSTED",
            "too_many_agents",
        ]);
        later(60);
        expect(await client.registerAgent(agent)).toEqual(registration);
    });

    it.each([
        ["no id", { ...agent, agentId: "" }],
        ["an id in capitals", { ...agent, agentId: "Agent" }],
        ["an id of several lines", { ...agent, agentId: "agent\n" }],
        ["a long id", { ...agent, agentId: "a".repeat(64) }],
        ["a capability that is no name", { ...agent, capabilities: ["a b"] }],
        [
            "33 capabilities",
            { ...agent, capabilities: Array.from({ length: 33 }, (_, index) => `c${index}`) },
        ],
    ])("with %s is refused", async (_case, request) => {
        expect(await refused(client.registerAgent(request))).toEqual([
            "INVALID_ARGUMENT",
            "malformed",
        ]);
        expect(await client.registerAgent(agent)).toEqual(registration);
    });
});

describe("a method", () => {
    it("is refused to an identity that may call another one", async () => {
        const other = running.client(await running.pki.client(watcher));
        expect(await refused(other.registerAgent(agent))).toEqual([
            "PERMISSION_DENIED",
            "method_not_allowed",
        ]);
        expect((await refused(other.renewAgent(agent)))[0]).toBe("NOT_FOUND");
        expect(await client.registerAgent(agent)).toEqual(registration);
    });

    it("is refused to an identity that is on no list", async () => {
        const stranger = running.client(await running.pki.client("stranger.llm-platform.svc"));
        for (const call of [stranger.registerAgent(agent), stranger.renewAgent(agent)]) {
            expect(await refused(call)).toEqual(["PERMISSION_DENIED", "method_not_allowed"]);
        }
    });

    it("is refused to a certificate without a service name", async () => {
        const nobody = running.client(await running.pki.client("verifier.local.bluefly.io"));
        expect(await refused(nobody.registerAgent(agent))).toEqual([
            "UNAUTHENTICATED",
            "client_cert_required",
        ]);
    });

    it("believes no header about who calls", async () => {
        const metadata = new Metadata();
        metadata.set(
            "client-cert",
            `:${Buffer.from(verifierCredential.certificate).toString("base64")}:`,
        );
        metadata.set("x-forwarded-client-cert", verifier);
        const other = await running.pki.client("stranger.llm-platform.svc");
        expect(await refused(running.raw(other, { metadata }))).toEqual([
            "PERMISSION_DENIED",
            "method_not_allowed",
        ]);
    });

    it("that does not exist is not implemented", async () => {
        for (const path of ["/agentmesh.v1.AgentMeshService/DropAgents", "/x", "/"]) {
            expect(await refused(running.raw(verifierCredential, { path }))).toEqual([
                "UNIMPLEMENTED",
                `The server does not implement the method ${path}`,
            ]);
        }
    });
});

describe("a message", () => {
    it.each([
        ["cut off", Buffer.from("0aff", "hex")],
        ["with a field of another type", Buffer.from("0801", "hex")],
        ["of bytes at random", Buffer.from("ffffffffffffffffffff", "hex")],
    ])("%s is malformed", async (_case, bytes) => {
        expect(await refused(running.raw(verifierCredential, { bytes }))).toEqual([
            "INVALID_ARGUMENT",
            "malformed",
        ]);
    });

    it("of more than 64 KiB is refused", async () => {
        const answer = await refused(
            running.raw(verifierCredential, { bytes: Buffer.alloc(65 * 1024) }),
        );
        expect(answer[0]).toBe("RESOURCE_EXHAUSTED");
        expect((await running.raw(verifierCredential, {}))?.length).toBeGreaterThan(0);
    });

    it("of another protocol than gRPC is refused", async () => {
        const session: ClientHttp2Session = connect("https://agent-mesh", {
            createConnection: () =>
                connectTls({ ...running.dial(verifierCredential), ALPNProtocols: ["h2"] }),
        });
        const httpStatus = await new Promise((resolve, reject) => {
            session.on("error", reject);
            session.request({ ":path": "/healthz" }).on("response", (headers) => {
                resolve(headers[":status"]);
            });
        });
        session.close();
        expect(httpStatus).toBe(415);
    });
});

it("shows nothing of an error of its own", async () => {
    const broken = jest.spyOn(Agents.prototype, "register").mockImplementation(() => {
        throw new Error("broken inside");
    });
    expect(await refused(client.registerAgent(agent))).toEqual(["INTERNAL", "internal_error"]);
    const error = (await client
        .registerAgent(agent)
        .catch((thrown: unknown) => thrown)) as ServiceError;
    expect(JSON.stringify(error.metadata.toJSON())).not.toMatch(/broken|\.ts|at /);
    expect(running.log.events("call_failed").at(-1)).toMatchObject({ reason: "broken inside" });
    expect(running.log.events("call").at(-1)).toMatchObject({ outcome: "failed" });
    broken.mockRestore();
    expect(await client.registerAgent(agent)).toEqual(registration);
});

it("is not called by who trusts another authority", async () => {
    const other = await Pki.create("other");
    const impostor = await RunningAgentMesh.start({ pki: other });
    const call = running.client(verifierCredential, {
        address: `127.0.0.1:${impostor.service.port}`,
        timeoutMs: 1_000,
    });
    expect((await refused(call.registerAgent(agent)))[0]).toMatch(/UNAVAILABLE|DEADLINE_EXCEEDED/);
    expect(impostor.log.events("call")).toEqual([]);
    await impostor.stop();
});
