import { textAt, type KubeObject } from "./json";

/** Annotations by which a program steers the provider. @see https://www.pulumi.com/registry/packages/kubernetes/ */
export const annotations = {
    /** `true`: the object counts as ready as soon as it is there. */
    skipAwait: "pulumi.com/skipAwait",
    /** `condition=Ready`, `jsonpath={.status.phase}=Running`, or a JSON list of such. */
    waitFor: "pulumi.com/waitFor",
    /** Whole seconds to wait, where `customTimeouts` says nothing. */
    timeoutSeconds: "pulumi.com/timeoutSeconds",
    /** `true`: takes fields over from other managers. */
    patchForce: "pulumi.com/patchForce",
    patchFieldManager: "pulumi.com/patchFieldManager",
    /** `foreground` (default), `background` or `orphan`. */
    deletionPropagation: "pulumi.com/deletionPropagationPolicy",
} as const;

const known: ReadonlySet<string> = new Set(Object.values(annotations));

export function annotation(object: KubeObject, name: string): string {
    return textAt(object, "metadata", "annotations", name);
}

export const isSet = (object: KubeObject, name: string): boolean =>
    annotation(object, name) === "true";

/** Annotations of Pulumi's that this provider does not know, and so must not pass over. */
export function unsupportedAnnotations(names: readonly string[]): string[] {
    return names.filter((name) => name.startsWith("pulumi.com/") && !known.has(name));
}

/** How long a resource may take: what the program's options say, else its annotation, else 10 minutes as upstream. */
export function timeoutSecondsOf(inputs: KubeObject, fromOptions: number): number {
    if (fromOptions > 0) return fromOptions;
    const written = Number.parseInt(annotation(inputs, annotations.timeoutSeconds), 10);
    return written > 0 ? written : 600;
}

export type Propagation = "Foreground" | "Background" | "Orphan";

export function propagationOf(inputs: KubeObject): Propagation {
    switch (annotation(inputs, annotations.deletionPropagation).toLowerCase()) {
        case "background":
            return "Background";
        case "orphan":
            return "Orphan";
        default:
            return "Foreground";
    }
}
