import * as k8s from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import type { Mount } from "./mounts";
import { restrictedPod } from "./podSecurity";

type Container = k8s.types.input.core.v1.Container;

export interface WorkloadSettings extends PodSettings {
    readonly replicas: number;
}

export interface PodSettings {
    readonly name: string;
    readonly namespace: string;
    readonly uid: number;
    /** Annotations of the pod template: a change of one rolls the pods. */
    readonly annotations?: Readonly<Record<string, string>>;
    readonly containers: readonly Container[];
    readonly mounts: readonly Mount[];
    /** Longest that a pod may take to finish what it has begun. */
    readonly graceSeconds: number;
    /** Lets a sidecar signal the daemon. */
    readonly shareProcessNamespace?: boolean;
}

/** Time between a pod's last readiness and the end of its daemon, so that no router still sends it anything. */
export const drainSeconds = 5;

/** Label by which a workload's pods are found. */
export const workloadLabels = (name: string) => ({ app: name });

/**
 * Makes a Deployment with a ServiceAccount that has no token and a budget that lets a drained node take one pod at a time.
 * `opts.dependsOn` should name the workload's certificates: a pod cannot start before their Secrets exist.
 */
export function createWorkload(
    settings: WorkloadSettings,
    opts: pulumi.CustomResourceOptions,
): k8s.apps.v1.Deployment {
    const { name, namespace } = settings;
    const metadata = { name, namespace };
    const account = createAccount(metadata, opts);
    new k8s.policy.v1.PodDisruptionBudget(
        name,
        { metadata, spec: { maxUnavailable: 1, selector: { matchLabels: workloadLabels(name) } } },
        opts,
    );
    return new k8s.apps.v1.Deployment(
        name,
        { metadata, spec: deploymentSpec(settings) },
        pulumi.mergeOptions(opts, { dependsOn: [account] }),
    );
}

/** An account that may do nothing, so that a workload has none that it shares. */
export const createAccount = (
    metadata: { readonly name: string; readonly namespace: string },
    opts: pulumi.CustomResourceOptions,
): k8s.core.v1.ServiceAccount =>
    new k8s.core.v1.ServiceAccount(
        metadata.name,
        { metadata, automountServiceAccountToken: false },
        opts,
    );

/** A pod goes only after its successor is ready, and one node or zone does not hold them all where there are more. */
function deploymentSpec(settings: WorkloadSettings): k8s.types.input.apps.v1.DeploymentSpec {
    const { name, replicas } = settings;
    return {
        replicas,
        revisionHistoryLimit: 3,
        selector: { matchLabels: workloadLabels(name) },
        strategy: { type: "RollingUpdate", rollingUpdate: { maxSurge: 1, maxUnavailable: 0 } },
        template: podTemplate(settings, { topologySpreadConstraints: spread(name) }),
    };
}

const spread = (name: string) =>
    ["kubernetes.io/hostname", "topology.kubernetes.io/zone"].map((topologyKey) => ({
        maxSkew: 1,
        topologyKey,
        whenUnsatisfiable: "ScheduleAnyway",
        labelSelector: { matchLabels: workloadLabels(name) },
    }));

/** A pod under the `restricted` standard, under its own ServiceAccount and without a token of it. */
export const podTemplate = (
    settings: PodSettings,
    more: Partial<k8s.types.input.core.v1.PodSpec> = {},
): k8s.types.input.core.v1.PodTemplateSpec => ({
    metadata: {
        labels: workloadLabels(settings.name),
        ...(settings.annotations ? { annotations: settings.annotations } : {}),
    },
    spec: {
        serviceAccountName: settings.name,
        automountServiceAccountToken: false,
        enableServiceLinks: false,
        shareProcessNamespace: settings.shareProcessNamespace ?? false,
        terminationGracePeriodSeconds: settings.graceSeconds,
        securityContext: restrictedPod(settings.uid),
        containers: [...settings.containers],
        volumes: settings.mounts.map(({ volume }) => volume),
        ...more,
    },
});
