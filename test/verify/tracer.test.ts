import { readFileSync } from "node:fs";
import { runChecks } from "../../verify/check";
import { webSocket } from "../../verify/applications/webSocket";
import { gatewayTracerChecks, type GatewayHop } from "../../verify/hops/gateway";
import { tracerChecks, tracerHop, type TracerHop } from "../../verify/hops/tracer";
import { hopTo, type Common } from "../../verify/settings";
import { profile, verifier } from "../services/running";
import { RunningTracer, serverName } from "../services/tracer/runningTracer";
import { startTracer } from "./fakeServices";
import { startStreamEdge, type StreamSettings } from "./fakeStream";
import { at, commonOf, lookAt, serverOf, undated, verifierIdentity } from "./hops";
import { gatewayNames, makePki, type TestPki } from "./pki";
import { startRedirect, type Listening } from "./servers";

const edgeHost = "tracer.example.test";

let pki: TestPki;
let common: Common;
const running: Listening[] = [];

beforeAll(async () => {
    pki = await makePki();
    common = await commonOf(pki);
});

afterAll(async () => {
    await Promise.all(running.map(({ close }) => close()));
});

async function startDirect(stream: StreamSettings): Promise<TracerHop> {
    const credentials = await pki.issue({ names: [serverName, `${serverName}.cluster.local`] });
    const server = await startTracer({ credentials, trustBundle: pki.root, stream });
    running.push(server);
    return at(tracerHop(common, serverOf(serverName, 3002, credentials)), server.address);
}

async function startBehindGateway(stream: StreamSettings): Promise<GatewayHop> {
    const credentials = await pki.issue();
    const edge = { credentials, trustBundle: pki.root, host: edgeHost };
    const front = await startStreamEdge(edge, stream);
    const plain = await startRedirect({
        target: (asked, path) => (asked === edgeHost ? `https://${edgeHost}${path}` : undefined),
    });
    running.push(front, plain);
    const server = { ...serverOf(edgeHost, 443, credentials), names: gatewayNames };
    return {
        ...hopTo("gateway-tracer", common, server),
        application: webSocket(edgeHost),
        address: front.address,
        redirect: plain.address,
    };
}

it("the tracer itself passes every check but of its dates", async () => {
    const tracer = await RunningTracer.start();
    const { certificates } = tracer.mounts;
    const own = await tracer.pki.client(verifier);
    const certificate = readFileSync(certificates.path("tls.crt"), "utf8");
    const hop = tracerHop(
        {
            ...profile,
            lifetimeHours: 25,
            renewBeforeHours: 1,
            verifierIdentity,
            trustBundle: tracer.pki.root.certificate,
            verifier: { certificate: own.chain, privateKey: own.key },
        },
        {
            ...serverOf(serverName, 3002, { certificate, privateKey: "" }),
            names: [serverName],
        },
    );
    const { port, metricsPort } = tracer.service;
    const results = await runChecks(
        at(hop, { host: "127.0.0.1", port }, metricsPort),
        undated(tracerChecks),
    );
    await tracer.stop();
    expect(results.filter(({ outcome }) => outcome !== "pass")).toEqual([]);
    const seen = Object.fromEntries(results.map((result) => [result.id, result.seen]));
    expect(seen).toMatchObject({
        "client-certificate-accepted": '401 {"error":"token_required"}',
        "client-certificate-demanded": "alert certificate_required",
        "malformed-token-refused": '401 {"error":"token_invalid"}',
        "foreign-origin-refused": '403 {"error":"origin_not_allowed"}',
        "forged-client-cert-refused": '400 {"error":"client_cert_forbidden"}',
        "metrics-refused": "403",
    });
});

it("the tracer behind the gateway passes every check", async () => {
    const results = await runChecks(await startBehindGateway({}), gatewayTracerChecks);
    expect(results.filter(({ outcome }) => outcome !== "pass")).toEqual([]);
});

const opened = '200 {"opened":true}';
const believed = '403 {"error":"identity_not_allowed"}';

describe("a tracer with one thing wrong fails", () => {
    it.each<[id: string, wrong: StreamSettings, seen: string]>([
        ["client-certificate-accepted", { opensTo: "anybody" }, opened],
        ["token-demanded", { opensTo: "anybody" }, opened],
        ["malformed-token-refused", { opensTo: "any-token" }, opened],
        ["foreign-origin-refused", { anyOrigin: true }, '401 {"error":"token_required"}'],
        ["forged-client-cert-refused", { believesClientCert: true }, believed],
    ])("%s, directly", async (id, wrong, seen) => {
        const hop = await startDirect(wrong);
        expect(await lookAt(tracerChecks, id, hop)).toEqual({ outcome: "fail", seen });
    });

    it.each<[id: string, wrong: StreamSettings, seen: string]>([
        ["token-demanded", { opensTo: "anybody" }, opened],
        ["foreign-origin-refused", { anyOrigin: true }, '401 {"error":"token_required"}'],
        ["forged-client-cert-stripped", { believesClientCert: true }, believed],
    ])("%s, behind the gateway", async (id, wrong, seen) => {
        const hop = await startBehindGateway(wrong);
        expect(await lookAt(gatewayTracerChecks, id, hop)).toEqual({ outcome: "fail", seen });
    });
});

it("sees a socket that is really opened", async () => {
    const hop = await startDirect({ switches: true });
    expect(await lookAt(tracerChecks, "token-demanded", hop)).toEqual({
        outcome: "fail",
        seen: "101",
    });
});
