import type { Cluster, ClusterMaterial } from "../../verify/cluster";
import { agentMeshChecks } from "../../verify/hops/agentMesh";
import { apiChecks } from "../../verify/hops/api";
import { postgresChecks } from "../../verify/hops/postgres";
import { redisChecks } from "../../verify/hops/redis";
import { tracerChecks } from "../../verify/hops/tracer";
import { lookFromInside, parseLog, renderJob } from "../../verify/job";
import { settingsOf } from "../../verify/settings";
import { parseOutputs } from "../../verify/stack";
import { goodOutputs } from "./outputs";

const place = {
    namespace: "llm-platform",
    name: "verify-1234",
    image: "registry.example.test/verify:0.1.0",
    verifierSecret: "verifier-client",
    trustBundleName: "workload-trust",
    trustBundleKey: "ca.crt",
};
const issuedTo = (server: string) => ({ sha256: server, notBefore: "2026-11-24T00:00:00.000Z" });
const material: ClusterMaterial = {
    trustBundle: "",
    verifier: { certificate: "", privateKey: "" },
    issued: {
        gateway: issuedTo("gateway"),
        api: issuedTo("api"),
        postgres: issuedTo("postgres"),
        redis: issuedTo("redis"),
        agentMesh: issuedTo("agent-mesh"),
        tracer: issuedTo("tracer"),
    },
};
const outputs = parseOutputs("lab", JSON.stringify(goodOutputs));
const settings = settingsOf(outputs, material);

it("renders the whole Job", () => {
    expect(renderJob(place, settings)).toEqual({
        apiVersion: "batch/v1",
        kind: "Job",
        metadata: {
            name: "verify-1234",
            namespace: "llm-platform",
            labels: { app: "verifier" },
        },
        spec: {
            backoffLimit: 0,
            activeDeadlineSeconds: 180,
            ttlSecondsAfterFinished: 300,
            template: {
                metadata: { labels: { app: "verifier" } },
                spec: {
                    restartPolicy: "Never",
                    automountServiceAccountToken: false,
                    enableServiceLinks: false,
                    securityContext: {
                        runAsNonRoot: true,
                        runAsUser: 1000,
                        runAsGroup: 1000,
                        fsGroup: 1000,
                        seccompProfile: { type: "RuntimeDefault" },
                    },
                    containers: [
                        {
                            name: "verify",
                            image: "registry.example.test/verify:0.1.0",
                            command: ["node", "/app/inside.js"],
                            env: [{ name: "VERIFY_SETTINGS", value: JSON.stringify(settings) }],
                            securityContext: {
                                allowPrivilegeEscalation: false,
                                readOnlyRootFilesystem: true,
                                capabilities: { drop: ["ALL"] },
                            },
                            resources: {
                                requests: { cpu: "50m", memory: "64Mi" },
                                limits: { cpu: "1", memory: "256Mi" },
                            },
                            volumeMounts: [
                                {
                                    name: "client-certs",
                                    mountPath: "/etc/client-certs",
                                    readOnly: true,
                                },
                                { name: "trust", mountPath: "/etc/trust", readOnly: true },
                            ],
                        },
                    ],
                    volumes: [
                        {
                            name: "client-certs",
                            secret: { secretName: "verifier-client", defaultMode: 0o440 },
                        },
                        {
                            name: "trust",
                            configMap: {
                                name: "workload-trust",
                                items: [{ key: "ca.crt", path: "ca.crt" }],
                            },
                        },
                    ],
                },
            },
        },
    });
});

it("tells the pod what it needs, all of it public and short", () => {
    const inside = ["localhost", "localhost.cluster.local"];
    const server = (name: string, port: number, ...outside: string[]) => ({
        host: "localhost",
        port,
        names: [...inside, ...outside],
        issued: issuedTo(name),
    });
    expect(settings).toEqual({
        cipherSuites: goodOutputs.cipherSuites.split(":"),
        groups: goodOutputs.groups.split(":"),
        lifetimeHours: 2160,
        renewBeforeHours: 720,
        verifierIdentity: "verifier.llm-platform.svc",
        servers: {
            api: server("api", 3001),
            postgres: {
                ...server("postgres", 5432, "postgres.example.test"),
                role: "app_user",
                database: "llm_platform",
            },
            redis: server("redis", 6380, "redis.example.test"),
            agentMesh: server("agent-mesh", 50051, "mesh.example.test"),
            tracer: server("tracer", 3002),
        },
    });
});

const of = (hop: string, checks: readonly { readonly id: string }[]) =>
    checks.map(({ id }) => [hop, id] as const);
const all = [
    ...of("api", apiChecks),
    ...of("postgres", postgresChecks),
    ...of("redis", redisChecks),
    ...of("agent-mesh", agentMeshChecks),
    ...of("tracer", tracerChecks),
];

describe("the log of the Job", () => {
    const passed = ([hop, id]: readonly [hop: string, id: string]) => ({
        id,
        hop,
        controls: ["SC-8"],
        outcome: "pass",
        wanted: "this",
        seen: "that",
    });

    it("gives a result for every check, in order", () => {
        const shuffled = [...all].reverse().map(passed);
        const results = parseLog(settings, `${JSON.stringify(shuffled)}\n`);
        expect(results).toEqual(all.map(passed));
    });

    it("could not look where a check is missing", () => {
        const log = `${JSON.stringify(all.slice(1).map(passed))}\n`;
        expect(parseLog(settings, log)[0]).toMatchObject({
            hop: "api",
            id: "tls13-accepted",
            outcome: "unknown",
            seen: "could not look: the Job did not look",
        });
    });

    it("could not look at anything where it holds an error", () => {
        const results = parseLog(settings, "ENOENT: no such file: tls.key\n");
        expect(results.map(({ hop, id }) => [hop, id])).toEqual(all);
        expect(new Set(results.map(({ seen }) => seen))).toEqual(
            new Set(["could not look: the Job said: ENOENT: no such file: tls.key"]),
        );
    });
});

it("could not look where the API server takes no Job", async () => {
    const refuse = () => Promise.reject(new Error("forbidden"));
    const cluster = { createJob: refuse } as unknown as Cluster;
    const results = await lookFromInside(cluster, place, settings);
    expect(results.map(({ outcome, seen }) => `${outcome} ${seen}`)).toEqual(
        all.map(() => "unknown could not look: forbidden"),
    );
});
