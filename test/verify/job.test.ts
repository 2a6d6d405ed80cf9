import type { Cluster } from "../../verify/cluster";
import { apiChecks, settingsOf, type ApiSettings } from "../../verify/hops/api";
import { lookFromInside, parseLog, renderJob } from "../../verify/job";
import { parseOutputs } from "../../verify/stack";
import { goodOutputs } from "./outputs";
import { makePki } from "./pki";

const place = {
    namespace: "llm-platform",
    name: "verify-1234",
    image: "registry.example.test/verify:0.1.0",
    verifierSecret: "verifier-client",
    trustBundleName: "workload-trust",
    trustBundleKey: "ca.crt",
};
let settings: ApiSettings;

beforeAll(async () => {
    const { certificate } = await (await makePki()).issue();
    settings = settingsOf(parseOutputs("lab", JSON.stringify(goodOutputs)), certificate);
});

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
                            env: [{ name: "VERIFY_API", value: JSON.stringify(settings) }],
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

it("tells the pod what it needs, all of it public", () => {
    expect(settings).toEqual({
        host: "localhost",
        port: 3001,
        metricsPort: 9443,
        cipherSuites: goodOutputs.cipherSuites.split(":"),
        groups: goodOutputs.groups.split(":"),
        certificate: {
            names: ["localhost", "localhost.cluster.local"],
            lifetimeHours: 2160,
            renewBeforeHours: 720,
            issued: settings.certificate.issued,
        },
        verifierIdentity: "verifier.llm-platform.svc",
    });
});

describe("the log of the Job", () => {
    const ids = apiChecks.map(({ id }) => id);
    const passed = (id: string) => ({
        id,
        hop: "api",
        controls: ["SC-8"],
        outcome: "pass",
        wanted: "this",
        seen: "that",
    });

    it("gives a result for every check, in order", () => {
        const shuffled = [...ids].reverse().map(passed);
        const results = parseLog(settings, `${JSON.stringify(shuffled)}\n`);
        expect(results).toEqual(ids.map(passed));
    });

    it("could not look where a check is missing", () => {
        const log = `${JSON.stringify(ids.slice(1).map(passed))}\n`;
        expect(parseLog(settings, log)[0]).toMatchObject({
            id: "tls13-accepted",
            outcome: "unknown",
            seen: "could not look: the Job did not look",
        });
    });

    it("could not look at anything where it holds an error", () => {
        const results = parseLog(settings, "ENOENT: no such file: tls.key\n");
        expect(results.map(({ id }) => id)).toEqual(ids);
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
        apiChecks.map(() => "unknown could not look: forbidden"),
    );
});
