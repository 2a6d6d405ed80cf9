import { idOf, kindOf, nameOf } from "../identity";
import { listAt, mapAt, numberAt, selectorOf, textAt, type KubeObject } from "../json";
import type { Plain } from "../../value";
import { conditionOf, saying, statusOf, type View } from "./verdict";

/** More lines would bury the first one, which is mostly the cause. */
const mostReasons = 12;

/** What the cluster says of an object that does not become ready: its pods' containers, and warnings. Never throws. */
export async function explain(object: KubeObject, view: View): Promise<string[]> {
    try {
        const pods = await podsOf(object, view);
        const warnings = await Promise.all([object, ...pods].map((each) => warningsOf(each, view)));
        const reasons = [...pods.flatMap(podReasons), ...warnings.flat()];
        return [...new Set(reasons)].slice(0, mostReasons);
    } catch {
        // The explanation is an extra: what it explains is reported without it.
        return [];
    }
}

async function podsOf(object: KubeObject, view: View): Promise<readonly KubeObject[]> {
    const { kind } = kindOf(object);
    if (kind === "Pod") return [object];
    const selector =
        kind === "Service"
            ? mapAt(object, "spec", "selector")
            : mapAt(object, "spec", "selector", "matchLabels");
    const labels = selectorOf(selector);
    if (labels === "") return [];
    const { namespace } = nameOf(object);
    const kindOfPod = { apiVersion: "v1", kind: "Pod" };
    const pods = await view.list(kindOfPod, namespace, { labelSelector: labels });
    return pods.filter((pod) => statusOf(pod, "Ready") !== "True").slice(0, 5);
}

/** Why a pod is not ready, a line a container. */
export function podReasons(pod: KubeObject): string[] {
    const name = `pod ${idOf(nameOf(pod))}`;
    const scheduled = conditionOf(pod, "PodScheduled");
    if (textAt(scheduled, "status") === "False")
        return [`${name} is not scheduled: ${saying(scheduled)}`];
    return ["initContainerStatuses", "containerStatuses"]
        .flatMap((list) => listAt(pod, "status", list))
        .flatMap((container) => {
            const reason = containerReason(container);
            return reason === ""
                ? []
                : [`${name}, container ${textAt(container, "name")}: ${reason}`];
        });
}

function containerReason(container: Plain): string {
    const waits = mapAt(container, "state", "waiting");
    const ended = [
        mapAt(container, "state", "terminated"),
        mapAt(container, "lastState", "terminated"),
    ].find((state) => numberAt(state, 0, "exitCode") !== 0);
    const exit = ended ? `exited with ${numberAt(ended, 0, "exitCode")} (${saying(ended)})` : "";
    return [saying(waits), exit].filter((part) => part !== "").join("; ");
}

async function warningsOf(object: KubeObject, view: View): Promise<string[]> {
    const { namespace, name } = nameOf(object);
    // Events of kinds without a namespace lie in `default`.
    const events = await view.list({ apiVersion: "v1", kind: "Event" }, namespace || "default", {
        fieldSelector: `involvedObject.uid=${textAt(object, "metadata", "uid")},type=Warning`,
    });
    return events.map((event) => `${kindOf(object).kind} ${name}: ${saying(event)}`);
}
