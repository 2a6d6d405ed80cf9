import { createHash } from "node:crypto";

/** Annotation of a pod template: a change of config rolls the pods, a rotated certificate does not. */
export const configHashAnnotation = "encryption-in-transit/config-sha256";

/** Hash of the files of a ConfigMap, whatever the order of their names. */
export function configHash(files: Readonly<Record<string, string>>): string {
    const sorted = Object.entries(files).sort(([a], [b]) => (a < b ? -1 : 1));
    return createHash("sha256").update(JSON.stringify(sorted)).digest("hex");
}
