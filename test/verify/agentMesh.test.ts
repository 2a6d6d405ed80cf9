import { readFileSync } from "node:fs";
import { createServer } from "node:http2";
import { runChecks } from "../../verify/check";
import { agentMeshChecks, agentMeshHop } from "../../verify/hops/agentMesh";
import type { InsideHop } from "../../verify/hop";
import type { Common } from "../../verify/settings";
import { startAgentMesh, type AgentMeshSettings } from "./fakeAgentMesh";
import { startTracer } from "./fakeServices";
import { profile } from "../services/running";
import { RunningAgentMesh } from "../services/runningAgentMesh";
import { at, commonOf, lookAt, serverOf, undated, verifierIdentity } from "./hops";
import { makePki, type TestPki } from "./pki";
import { listen, type Listening } from "./servers";

const host = "agent-mesh.llm-platform.svc";
const names = [host, `${host}.cluster.local`];

let pki: TestPki;
let common: Common;
let good: InsideHop;
const running: Listening[] = [];

beforeAll(async () => {
    pki = await makePki();
    common = await commonOf(pki);
    good = await start({});
});

afterAll(async () => {
    await Promise.all(running.map(({ close }) => close()));
});

async function start(settings: Partial<AgentMeshSettings>): Promise<InsideHop> {
    const credentials = await pki.issue({ names });
    const server = await startAgentMesh({ credentials, trustBundle: pki.root, ...settings });
    running.push(server);
    return at(agentMeshHop(common, serverOf(host, 50051, credentials)), server.address);
}

const look = (id: string, hop: InsideHop) => lookAt(agentMeshChecks, id, hop);

it("the agent mesh itself passes every check but of its dates", async () => {
    const mesh = await RunningAgentMesh.start({
        allowedMethods: new Map([[verifierIdentity, ["RegisterAgent"]]]),
    });
    const own = await mesh.pki.client(verifierIdentity);
    const certificate = readFileSync(mesh.certificates.path("tls.crt"), "utf8");
    const server = { ...serverOf(host, 50051, { certificate, privateKey: "" }), names: [host] };
    const { port, metricsPort } = mesh.service;
    const hop = at(
        agentMeshHop(
            {
                ...profile,
                lifetimeHours: 25,
                renewBeforeHours: 1,
                verifierIdentity,
                trustBundle: mesh.pki.root.certificate,
                verifier: { certificate: own.chain, privateKey: own.key },
            },
            server,
        ),
        { host: "127.0.0.1", port },
        metricsPort,
    );
    const results = await runChecks(hop, undated(agentMeshChecks));
    await mesh.stop();
    expect(results.filter(({ outcome }) => outcome !== "pass")).toEqual([]);
    const seen = Object.fromEntries(results.map((result) => [result.id, result.seen]));
    expect(seen).toMatchObject({
        "client-certificate-accepted": "grpc-status 3",
        "client-certificate-demanded": "alert certificate_required",
        "method-refused": "grpc-status 7",
        "metrics-refused": "403",
    });
});

describe("a gRPC service that is right passes", () => {
    it.each(agentMeshChecks.map(({ id }) => id))("%s", async (id) => {
        expect(await look(id, good)).toMatchObject({ outcome: "pass" });
    });

    it.each([
        ["client-certificate-accepted", "grpc-status 3"],
        ["client-certificate-demanded", "alert certificate_required"],
        ["other-ca-refused", "connection closed"],
        ["alpn-h2", "h2"],
        ["method-refused", "grpc-status 7"],
    ])("%s, for the reason %s", async (id, seen) => {
        expect(await look(id, good)).toEqual({ outcome: "pass", seen });
    });
});

describe("a gRPC service with one thing wrong fails", () => {
    it.each<[id: string, wrong: Partial<AgentMeshSettings>, seen: string]>([
        ["client-certificate-demanded", { anybody: true }, "grpc-status 3"],
        ["other-ca-refused", { anybody: true }, "grpc-status 3"],
        ["method-refused", { everyMethod: true }, "grpc-status 3"],
    ])("%s", async (id, wrong, seen) => {
        expect(await look(id, await start(wrong))).toEqual({ outcome: "fail", seen });
    });

    it("alpn-h2, where HTTP/1.1 is spoken", async () => {
        const credentials = await pki.issue({ names });
        const server = await startTracer({ credentials, trustBundle: pki.root });
        running.push(server);
        const seen = "http/1.1";
        expect(await look("alpn-h2", at(good, server.address))).toEqual({ outcome: "fail", seen });
    });

    it("plaintext-refused, where HTTP/2 is spoken without TLS", async () => {
        const server = await listen(createServer());
        running.push(server);
        expect(await look("plaintext-refused", at(good, server.address))).toEqual({
            outcome: "fail",
            seen: "HTTP/2 without TLS",
        });
    });
});

it("could not look where nothing listens", async () => {
    const nowhere = at(good, { host: "127.0.0.1", port: 1 });
    expect(await look("client-certificate-demanded", nowhere)).toEqual({
        outcome: "unknown",
        seen: "could not look: 127.0.0.1:1: connect ECONNREFUSED 127.0.0.1:1",
    });
});
