import * as k8s from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import { restrictedPod } from "./podSecurity";
import { createAccount, podTemplate, workloadLabels, type PodSettings } from "./workload";

/** A volume that outlives its pod. All plain: it is part of what a policy judges. */
export interface StorageArgs {
    /** Size that is asked for, for example `10Gi`. */
    size: string;
    /** StorageClass. Defaults to the cluster's own default. */
    storageClass?: string;
}

/** A workload that calls a store: its pods may open connections to it. */
export interface StoreClientArgs {
    namespace: string;
    /** Name of the workload, and so of its Service and of its pods' label `app`. */
    service: string;
}

export interface StatefulWorkloadSettings extends PodSettings {
    /** Volume of the one pod. Kept when the StatefulSet is deleted: data goes only by hand. */
    readonly data: { readonly name: string; readonly storage: StorageArgs };
}

/**
 * Makes a StatefulSet of one pod with a volume of its own, and a ServiceAccount that has no token. Without a budget: one of one pod
 * would keep its node from ever being drained. `opts.dependsOn` should name the workload's certificates.
 */
export function createStatefulWorkload(
    settings: StatefulWorkloadSettings,
    opts: pulumi.CustomResourceOptions,
): k8s.apps.v1.StatefulSet {
    const metadata = { name: settings.name, namespace: settings.namespace };
    const account = createAccount(metadata, opts);
    return new k8s.apps.v1.StatefulSet(
        settings.name,
        { metadata, spec: statefulSetSpec(settings) },
        pulumi.mergeOptions(opts, { dependsOn: [account] }),
    );
}

function statefulSetSpec(
    settings: StatefulWorkloadSettings,
): k8s.types.input.apps.v1.StatefulSetSpec {
    const { name, uid, data } = settings;
    return {
        replicas: 1,
        revisionHistoryLimit: 3,
        serviceName: name,
        selector: { matchLabels: workloadLabels(name) },
        template: podTemplate(settings, {
            // Not at each start: a daemon refuses files that its group may write.
            securityContext: { ...restrictedPod(uid), fsGroupChangePolicy: "OnRootMismatch" },
        }),
        volumeClaimTemplates: [claim(data)],
    };
}

const claim = ({
    name,
    storage,
}: StatefulWorkloadSettings["data"]): k8s.types.input.core.v1.PersistentVolumeClaim => ({
    metadata: { name },
    spec: {
        accessModes: ["ReadWriteOnce"],
        ...(storage.storageClass === undefined ? {} : { storageClassName: storage.storageClass }),
        resources: { requests: { storage: storage.size } },
    },
});
