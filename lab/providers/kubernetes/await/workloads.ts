import { at, numberAt, textAt, type KubeObject } from "../json";
import { conditionOf, failed, ready, saying, statusOf, waiting, type Verdict } from "./verdict";

/** A status that was written before the last change says nothing about it. */
function notObserved(object: KubeObject): boolean {
    const generation = numberAt(object, 0, "metadata", "generation");
    return numberAt(object, 0, "status", "observedGeneration") < generation;
}

const unseen = waiting("its controller has not yet seen this generation");

/** Rolled out: every replica is of this generation and available, none of an older one is left. */
export function deployment(object: KubeObject): Verdict {
    if (notObserved(object)) return unseen;
    if (at(object, "spec", "paused") === true) return ready;
    const progressing = conditionOf(object, "Progressing");
    if (textAt(progressing, "reason") === "ProgressDeadlineExceeded") {
        return failed(saying(progressing));
    }
    const wanted = numberAt(object, 1, "spec", "replicas");
    const updated = numberAt(object, 0, "status", "updatedReplicas");
    const available = numberAt(object, 0, "status", "availableReplicas");
    const old = numberAt(object, 0, "status", "replicas") - updated;
    if (updated < wanted) return waiting(`${updated} of ${wanted} replicas are up to date`);
    if (old > 0) return waiting(`${old} old replicas are still there`);
    if (available < wanted) return waiting(`${available} of ${wanted} replicas are available`);
    return ready;
}

/** Rolled out, down to the partition where the update stops at one. */
export function statefulSet(object: KubeObject): Verdict {
    if (notObserved(object)) return unseen;
    if (textAt(object, "spec", "updateStrategy", "type") === "OnDelete") return ready;
    const wanted = numberAt(object, 1, "spec", "replicas");
    const partition = numberAt(object, 0, "spec", "updateStrategy", "rollingUpdate", "partition");
    const updated = numberAt(object, 0, "status", "updatedReplicas");
    const readyNow = numberAt(object, 0, "status", "readyReplicas");
    if (readyNow < wanted) return waiting(`${readyNow} of ${wanted} replicas are ready`);
    const toUpdate = Math.max(0, wanted - partition);
    if (updated < toUpdate) return waiting(`${updated} of ${toUpdate} replicas are up to date`);
    return ready;
}

export function daemonSet(object: KubeObject): Verdict {
    if (notObserved(object)) return unseen;
    if (textAt(object, "spec", "updateStrategy", "type") === "OnDelete") return ready;
    const wanted = numberAt(object, 0, "status", "desiredNumberScheduled");
    const updated = numberAt(object, 0, "status", "updatedNumberScheduled");
    const available = numberAt(object, 0, "status", "numberAvailable");
    if (updated < wanted) return waiting(`${updated} of ${wanted} nodes have this generation`);
    if (available < wanted) return waiting(`${available} of ${wanted} nodes have it available`);
    return ready;
}

export function replicationController(object: KubeObject): Verdict {
    const wanted = numberAt(object, 1, "spec", "replicas");
    const available = numberAt(object, 0, "status", "availableReplicas");
    return available === wanted
        ? ready
        : waiting(`${available} of ${wanted} replicas are available`);
}

/** Done. A suspended Job is left as it is, since only its owner can say when it goes on. */
export function job(object: KubeObject): Verdict {
    if (statusOf(object, "Complete") === "True" || at(object, "spec", "suspend") === true)
        return ready;
    const failure = conditionOf(object, "Failed");
    if (textAt(failure, "status") === "True") return failed(saying(failure));
    const [active, succeeded, lost] = ["active", "succeeded", "failed"].map((count) =>
        numberAt(object, 0, "status", count),
    );
    return waiting(
        `it is not complete: ${active} pods active, ${succeeded} succeeded, ${lost} failed`,
    );
}

export function pod(object: KubeObject): Verdict {
    const phase = textAt(object, "status", "phase");
    if (phase === "Succeeded" || statusOf(object, "Ready") === "True") return ready;
    if (phase === "Failed") {
        return failed(`the pod has failed ${textAt(object, "status", "message")}`.trim());
    }
    return waiting(
        `phase ${phase || "unknown"}, ${saying(conditionOf(object, "Ready")) || "not ready"}`,
    );
}
