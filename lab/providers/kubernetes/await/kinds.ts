import { groupOf, kindOf } from "../identity";
import { mapAt, sameJson, textAt, type KubeObject } from "../json";
import { ingress, service } from "./service";
import { persistentVolume, persistentVolumeClaim } from "./storage";
import {
    conditionOf,
    failed,
    ready,
    saying,
    statusOf,
    waiting,
    type Condition,
    type Verdict,
} from "./verdict";
import { daemonSet, deployment, job, pod, replicationController, statefulSet } from "./workloads";

function namespace(object: KubeObject): Verdict {
    const phase = textAt(object, "status", "phase");
    if (phase === "Terminating") return failed("it is being deleted");
    return phase === "Active" ? ready : waiting(`phase ${phase || "unknown"}`);
}

/** Served: objects of the kind can be made. */
function customResourceDefinition(object: KubeObject): Verdict {
    if (statusOf(object, "NamesAccepted") === "False") {
        return failed(saying(conditionOf(object, "NamesAccepted")));
    }
    return statusOf(object, "Established") === "True" ? ready : waiting("it is not established");
}

function apiService(object: KubeObject): Verdict {
    if (statusOf(object, "Available") === "True") return ready;
    return waiting(saying(conditionOf(object, "Available")) || "it is not available");
}

function resourceQuota(object: KubeObject): Verdict {
    const counted = sameJson(mapAt(object, "spec", "hard"), mapAt(object, "status", "hard"));
    return counted ? ready : waiting("its controller has not counted yet");
}

function secret(object: KubeObject): Verdict {
    if (textAt(object, "type") !== "kubernetes.io/service-account-token") return ready;
    return Object.keys(mapAt(object, "data")).length > 0 ? ready : waiting("it has no token yet");
}

/** What it means for a kind to be ready. Any other one is when the API server has accepted it. */
const conditions: Readonly<Record<string, Condition>> = {
    " Namespace": namespace,
    " PersistentVolume": persistentVolume,
    " PersistentVolumeClaim": persistentVolumeClaim,
    " Pod": pod,
    " ReplicationController": replicationController,
    " ResourceQuota": resourceQuota,
    " Secret": secret,
    " Service": service,
    "apiextensions.k8s.io CustomResourceDefinition": customResourceDefinition,
    "apiregistration.k8s.io APIService": apiService,
    "apps DaemonSet": daemonSet,
    "apps Deployment": deployment,
    "apps StatefulSet": statefulSet,
    "batch Job": job,
    "networking.k8s.io Ingress": ingress,
};

export function conditionOfKind(object: KubeObject): Condition | undefined {
    const { apiVersion, kind } = kindOf(object);
    return conditions[`${groupOf(apiVersion)} ${kind}`];
}
