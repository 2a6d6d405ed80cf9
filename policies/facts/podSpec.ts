import { isObject, type KubernetesObject } from "../kubernetesObject";
import type { Subject } from "../rule";

/** Where a kind keeps its pod's spec. */
const places: Readonly<Record<string, readonly string[]>> = {
    Pod: ["spec"],
    PodTemplate: ["template", "spec"],
    Deployment: ["spec", "template", "spec"],
    StatefulSet: ["spec", "template", "spec"],
    DaemonSet: ["spec", "template", "spec"],
    ReplicaSet: ["spec", "template", "spec"],
    ReplicationController: ["spec", "template", "spec"],
    Job: ["spec", "template", "spec"],
    CronJob: ["spec", "jobTemplate", "spec", "template", "spec"],
};

const groups = new Set(["", "apps", "batch", "extensions"]);

export interface PodSpec {
    /** Place of the spec inside the subject, for example `spec.template.spec`. */
    readonly at: string;
    readonly spec: KubernetesObject;
}

/** The spec of the pods that a workload makes; nothing for any other kind. */
export function podSpecOf({ group, kind, properties }: Subject): PodSpec | undefined {
    const place = groups.has(group) ? places[kind] : undefined;
    if (!place) return undefined;
    let value: unknown = properties;
    for (const name of place) value = isObject(value) ? value[name] : undefined;
    return isObject(value) ? { at: place.join("."), spec: value } : undefined;
}

export interface Container {
    /** Place inside the subject, for example `spec.template.spec.containers[0]`. */
    readonly at: string;
    readonly container: KubernetesObject;
}

/** The containers of a pod, those that only initialise it included. */
export function containersOf({ at, spec }: PodSpec): Container[] {
    return ["initContainers", "containers"].flatMap((field) =>
        objects(spec[field]).map((container, index) => ({
            at: `${at}.${field}[${index}]`,
            container,
        })),
    );
}

export const objects = (value: unknown): KubernetesObject[] =>
    Array.isArray(value) ? value.filter(isObject) : [];

export const strings = (value: unknown): string[] =>
    Array.isArray(value) ? value.filter((item) => typeof item === "string") : [];

export const stringField = (value: KubernetesObject, name: string): string => {
    const found = value[name];
    return typeof found === "string" ? found : "";
};
