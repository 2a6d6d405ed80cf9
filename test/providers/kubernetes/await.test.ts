import { setTimeout as sleep } from "node:timers/promises";
import { InitializationError } from "../../../lab/providers/resource";
import type { Properties } from "../../../lab/providers/value";
import { ControlPlane } from "./controlPlane";
import { InProcess, shown } from "./inProcess";

jest.setTimeout(120_000);

let plane: ControlPlane;
let provider: InProcess;

beforeAll(async () => {
    plane = await ControlPlane.start();
});
beforeEach(() => {
    provider = new InProcess({ kubeconfig: plane.kubeconfig });
});
afterAll(() => plane.stop());

const deploymentType = "kubernetes:apps/v1:Deployment";
const deployment = (name: string, annotations: Properties = {}): Properties => ({
    apiVersion: "apps/v1",
    kind: "Deployment",
    metadata: { name, annotations },
    spec: { selector: { matchLabels: { app: name } }, template: podOf(name) },
});
const podOf = (name: string, spec: Properties = {}): Properties => ({
    metadata: { labels: { app: name } },
    spec: { containers: [{ name: "main", image: "main:1" }], ...spec },
});

/** There is no kubelet: the test writes what one would say of the first pod with a label. */
async function sayOfPod(app: string, status: object): Promise<void> {
    for (;;) {
        const list = (await plane.get("pods", "-l", `app=${app}`)) as {
            items: { metadata: { name: string } }[];
        };
        const [pod] = list.items;
        if (pod) {
            const patch = JSON.stringify({ status });
            await plane.kubectl(
                "patch",
                "pod",
                pod.metadata.name,
                "--subresource=status",
                "--type=merge",
                "-p",
                patch,
            );
            return;
        }
        await sleep(200);
    }
}

const running = { phase: "Running", conditions: [{ type: "Ready", status: "True" }] };

async function shownLine(line: string): Promise<void> {
    while (!provider.lines.includes(line)) await sleep(100);
}

/** The error of work that must fail with an object half made. */
async function unready(work: Promise<unknown>): Promise<InitializationError> {
    const error = await work.then(
        () => undefined,
        (thrown: unknown) => thrown,
    );
    if (error instanceof InitializationError) return error;
    throw new Error(`expected an InitializationError, got ${String(error)}`);
}

it("waits until a Deployment is available", async () => {
    const made = provider.create(deploymentType, "web", deployment("web"));
    await shownLine("status: 0 of 1 replicas are available");
    await sayOfPod("web", running);
    expect(shown((await made).state)["status"]).toMatchObject({ availableReplicas: 1 });
});

it("says why a Deployment is not available, and keeps it", async () => {
    const made = unready(
        provider.create(deploymentType, "broken", deployment("broken"), { timeoutSeconds: 4 }),
    );
    await sayOfPod("broken", {
        containerStatuses: [
            {
                name: "main",
                image: "main:1",
                imageID: "",
                ready: false,
                restartCount: 0,
                state: { waiting: { reason: "ImagePullBackOff", message: "no such image" } },
            },
        ],
    });
    const { made: kept, reasons } = await made;
    expect(reasons).toEqual([
        "apps/v1 Deployment default/broken is not ready after 4 s: 0 of 1 replicas are available",
        expect.stringMatching(
            /^pod default\/broken-\S+, container main: ImagePullBackOff: no such image$/,
        ) as string,
    ]);
    expect(kept.id).toBe("default/broken");
    expect(shown(kept.state)).toMatchObject({
        kind: "Deployment",
        __inputs: { kind: "Deployment" },
    });
    expect(kept.inputs["kind"]).toBe("Deployment");
});

it("does not wait where the program says so", async () => {
    const annotations = { "pulumi.com/skipAwait": "true" };
    const { state } = await provider.create(
        deploymentType,
        "idle",
        deployment("idle", annotations),
    );
    expect(shown(state)["status"]).not.toHaveProperty("availableReplicas");
});

it("ends a wait that is cancelled, and keeps the object", async () => {
    const made = unready(
        provider.create(deploymentType, "cancelled", deployment("cancelled"), {
            timeoutSeconds: 60,
        }),
    );
    await shownLine("status: 0 of 1 replicas are available");
    provider.cancel();
    const { made: kept, message } = await made;
    expect(kept.id).toBe("default/cancelled");
    expect(message).toContain("was made, and its readiness is not known");
});

it("waits for what pulumi.com/waitFor says, and not for less", async () => {
    const type = "kubernetes:core/v1:ConfigMap";
    const waiting = (name: string): Properties => ({
        apiVersion: "v1",
        kind: "ConfigMap",
        metadata: { name, annotations: { "pulumi.com/waitFor": "jsonpath={.data.ready}=yes" } },
    });
    const late = await unready(
        provider.create(type, "late", waiting("late"), { timeoutSeconds: 1 }),
    );
    expect(late.reasons).toEqual([
        "v1 ConfigMap default/late is not ready after 1 s: {.data.ready} is nothing, not yes",
    ]);
    const made = provider.create(type, "soon", waiting("soon"));
    await plane.kubectl("wait", "--for=create", "configmap/soon");
    await plane.kubectl(
        "patch",
        "configmap",
        "soon",
        "--type=merge",
        "-p",
        '{"data":{"ready":"yes"}}',
    );
    expect(shown((await made).state)["data"]).toEqual({ ready: "yes" });
});

describe("a Job", () => {
    const type = "kubernetes:batch/v1:Job";
    const job = (name: string): Properties => ({
        apiVersion: "batch/v1",
        kind: "Job",
        metadata: { name },
        spec: { backoffLimit: 0, template: podOf(name, { restartPolicy: "Never" }) },
    });

    it("is waited for until it is complete", async () => {
        const made = provider.create(type, "done", job("done"));
        await sayOfPod("done", { phase: "Succeeded" });
        expect(shown((await made).state)["status"]).toMatchObject({ succeeded: 1 });
    });

    it("that has failed ends the wait at once, with what its pod says", async () => {
        const made = unready(
            provider.create(type, "failing", job("failing"), { timeoutSeconds: 60 }),
        );
        await sayOfPod("failing", {
            phase: "Failed",
            containerStatuses: [
                {
                    name: "main",
                    image: "main:1",
                    imageID: "",
                    ready: false,
                    restartCount: 0,
                    state: { terminated: { exitCode: 3, reason: "Error" } },
                },
            ],
        });
        const { reasons } = await made;
        expect(reasons[0]).toMatch(
            /^batch\/v1 Job default\/failing is not ready: BackoffLimitExceeded/,
        );
        expect(reasons.join("\n")).toContain("container main: exited with 3 (Error)");
    });
});

describe("a Service", () => {
    const type = "kubernetes:core/v1:Service";
    const service = (name: string, spec: Properties): Properties => ({
        apiVersion: "v1",
        kind: "Service",
        metadata: { name },
        spec: { ports: [{ port: 80 }], ...spec },
    });

    it("is waited for until a ready pod stands behind it", async () => {
        const late = await unready(
            provider.create(type, "alone", service("alone", { selector: { app: "alone" } }), {
                timeoutSeconds: 1,
            }),
        );
        expect(late.reasons[0]).toBe(
            "v1 Service default/alone is not ready after 1 s: no ready pod has the labels app=alone",
        );
        const made = provider.create(
            type,
            "front",
            service("front", { selector: { app: "front" } }),
        );
        await plane.apply({
            apiVersion: "discovery.k8s.io/v1",
            kind: "EndpointSlice",
            metadata: { name: "front-1", labels: { "kubernetes.io/service-name": "front" } },
            addressType: "IPv4",
            endpoints: [{ addresses: ["10.1.1.1"], conditions: { ready: true } }],
        });
        expect((await made).id).toBe("default/front");
    });

    it("of type LoadBalancer is waited for until it has an address", async () => {
        const made = provider.create(type, "outside", service("outside", { type: "LoadBalancer" }));
        await plane.kubectl("wait", "--for=create", "service/outside");
        const status = { loadBalancer: { ingress: [{ ip: "192.0.2.1" }] } };
        await plane.kubectl(
            "patch",
            "service",
            "outside",
            "--subresource=status",
            "--type=merge",
            "-p",
            JSON.stringify({ status }),
        );
        expect(shown((await made).state)["status"]).toMatchObject(status);
    });
});
