import { conditionOfKind } from "../../../lab/providers/kubernetes/await/kinds";
import type { View } from "../../../lab/providers/kubernetes/await/verdict";
import { podReasons } from "../../../lab/providers/kubernetes/await/why";
import type { KubeObject } from "../../../lab/providers/kubernetes/json";

const ready = "ready";

async function judge(object: KubeObject, others: Partial<View> = {}): Promise<string> {
    const view = {
        get: () => Promise.resolve(undefined),
        list: () => Promise.resolve([]),
        ...others,
    };
    const verdict = await conditionOfKind(object)?.(object, view);
    if (!verdict) return "accepted is enough";
    return verdict.is === "ready" ? ready : `${verdict.is}: ${verdict.why}`;
}

const of =
    (apiVersion: string, kind: string) =>
    (rest: Record<string, KubeObject[string]>): KubeObject => ({
        apiVersion,
        kind,
        metadata: { name: "x", namespace: "apps", generation: 2 },
        ...rest,
    });

const deployment = of("apps/v1", "Deployment");
const rolledOut = {
    observedGeneration: 2,
    replicas: 2,
    updatedReplicas: 2,
    availableReplicas: 2,
    readyReplicas: 2,
};
const statefulSet = of("apps/v1", "StatefulSet");
const daemonSet = of("apps/v1", "DaemonSet");
const job = of("batch/v1", "Job");
const pod = of("v1", "Pod");
const service = of("v1", "Service");
const claim = of("v1", "PersistentVolumeClaim");
const definition = of("apiextensions.k8s.io/v1", "CustomResourceDefinition");
const two = { replicas: 2 };
const condition = (type: string, status: string, reason = "") => ({
    conditions: [{ type, status, reason }],
});

it.each<[string, KubeObject, string]>([
    ["a Deployment that is rolled out", deployment({ spec: two, status: rolledOut }), ready],
    [
        "one of an older status",
        deployment({ spec: two, status: { ...rolledOut, observedGeneration: 1 } }),
        "waiting: its controller has not yet seen this generation",
    ],
    [
        "one that is half updated",
        deployment({ spec: two, status: { ...rolledOut, updatedReplicas: 1 } }),
        "waiting: 1 of 2 replicas are up to date",
    ],
    [
        "one with an old replica",
        deployment({ spec: two, status: { ...rolledOut, replicas: 3 } }),
        "waiting: 1 old replicas are still there",
    ],
    [
        "one that is not available",
        deployment({ spec: two, status: { ...rolledOut, availableReplicas: 1 } }),
        "waiting: 1 of 2 replicas are available",
    ],
    [
        "one that has given up",
        deployment({
            spec: two,
            status: {
                observedGeneration: 2,
                ...condition("Progressing", "False", "ProgressDeadlineExceeded"),
            },
        }),
        "failed: ProgressDeadlineExceeded",
    ],
    [
        "one of no replicas",
        deployment({ spec: { replicas: 0 }, status: { observedGeneration: 2 } }),
        ready,
    ],
    ["a StatefulSet that is rolled out", statefulSet({ spec: two, status: rolledOut }), ready],
    [
        "one that is not ready",
        statefulSet({ spec: two, status: { ...rolledOut, readyReplicas: 1 } }),
        "waiting: 1 of 2 replicas are ready",
    ],
    [
        "one at its partition",
        statefulSet({
            spec: { replicas: 2, updateStrategy: { rollingUpdate: { partition: 1 } } },
            status: { ...rolledOut, updatedReplicas: 1 },
        }),
        ready,
    ],
    [
        "one short of it",
        statefulSet({ spec: two, status: { ...rolledOut, updatedReplicas: 1 } }),
        "waiting: 1 of 2 replicas are up to date",
    ],
    [
        "a DaemonSet on every node",
        daemonSet({
            status: {
                observedGeneration: 2,
                desiredNumberScheduled: 1,
                updatedNumberScheduled: 1,
                numberAvailable: 1,
            },
        }),
        ready,
    ],
    [
        "one on half of them",
        daemonSet({
            status: {
                observedGeneration: 2,
                desiredNumberScheduled: 2,
                updatedNumberScheduled: 2,
                numberAvailable: 1,
            },
        }),
        "waiting: 1 of 2 nodes have it available",
    ],
    ["a Job that is complete", job({ status: condition("Complete", "True") }), ready],
    [
        "one at work",
        job({ status: { active: 1 } }),
        "waiting: it is not complete: 1 pods active, 0 succeeded, 0 failed",
    ],
    [
        "one that failed",
        job({ status: condition("Failed", "True", "BackoffLimitExceeded") }),
        "failed: BackoffLimitExceeded",
    ],
    [
        "a Pod that is ready",
        pod({ status: { phase: "Running", ...condition("Ready", "True") } }),
        ready,
    ],
    ["one that is done", pod({ status: { phase: "Succeeded" } }), ready],
    [
        "one that failed",
        pod({ status: { phase: "Failed", message: "evicted" } }),
        "failed: the pod has failed evicted",
    ],
    ["one that waits", pod({ status: { phase: "Pending" } }), "waiting: phase Pending, not ready"],
    ["a Service by another name", service({ spec: { type: "ExternalName" } }), ready],
    ["a headless one", service({ spec: { clusterIP: "None", selector: { app: "x" } } }), ready],
    ["one without selector", service({ spec: { clusterIP: "10.0.0.1" } }), ready],
    [
        "one without a ready pod",
        service({ spec: { selector: { app: "x" } } }),
        "waiting: no ready pod has the labels app=x",
    ],
    [
        "one without an address",
        service({ spec: { type: "LoadBalancer" } }),
        "waiting: the load balancer has no address yet",
    ],
    [
        "one with it",
        service({
            spec: { type: "LoadBalancer" },
            status: { loadBalancer: { ingress: [{ ip: "10.0.0.1" }] } },
        }),
        ready,
    ],
    ["a claim that is bound", claim({ status: { phase: "Bound" } }), ready],
    [
        "one that is not",
        claim({ status: { phase: "Pending" }, spec: { storageClassName: "slow" } }),
        "waiting: phase Pending",
    ],
    [
        "one that lost its volume",
        claim({ status: { phase: "Lost" } }),
        "failed: its volume is lost",
    ],
    [
        "a definition that is served",
        definition({ status: condition("Established", "True") }),
        ready,
    ],
    ["one that is not yet", definition({ status: {} }), "waiting: it is not established"],
    [
        "one whose names are taken",
        definition({ status: condition("NamesAccepted", "False", "ListKindConflict") }),
        "failed: ListKindConflict",
    ],
    ["a Namespace", of("v1", "Namespace")({ status: { phase: "Active" } }), ready],
    [
        "one that goes",
        of("v1", "Namespace")({ status: { phase: "Terminating" } }),
        "failed: it is being deleted",
    ],
    ["a ServiceAccount", of("v1", "ServiceAccount")({}), "accepted is enough"],
    ["a custom resource", of("example.org/v1", "Deployment")({}), "accepted is enough"],
])("judges %s", async (_what, object, verdict) => {
    expect(await judge(object)).toBe(verdict);
});

it("takes a claim for ready that waits for its first pod", async () => {
    const get = () => Promise.resolve({ volumeBindingMode: "WaitForFirstConsumer" });
    const pending = claim({ status: { phase: "Pending" }, spec: { storageClassName: "local" } });
    expect(await judge(pending, { get })).toBe(ready);
});

it.each([
    [true, ready],
    [false, "waiting: no ready pod has the labels app=x"],
])("takes a Service for ready by an endpoint whose readiness is %s", async (isReady, verdict) => {
    const list = () => Promise.resolve([{ endpoints: [{ conditions: { ready: isReady } }] }]);
    expect(await judge(service({ spec: { selector: { app: "x" } } }), { list })).toBe(verdict);
});

it("says why a pod does not run, by container", () => {
    expect(
        podReasons(
            pod({
                status: {
                    initContainerStatuses: [
                        { name: "prepare", state: { terminated: { exitCode: 0 } } },
                    ],
                    containerStatuses: [
                        {
                            name: "web",
                            state: {
                                waiting: { reason: "ImagePullBackOff", message: "no such image" },
                            },
                        },
                        {
                            name: "proxy",
                            state: { waiting: { reason: "CrashLoopBackOff" } },
                            lastState: { terminated: { exitCode: 3, reason: "Error" } },
                        },
                    ],
                },
            }),
        ),
    ).toEqual([
        "pod apps/x, container web: ImagePullBackOff: no such image",
        "pod apps/x, container proxy: CrashLoopBackOff; exited with 3 (Error)",
    ]);
});
