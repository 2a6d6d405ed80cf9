import type { GroupVersionKind } from "./identity";

/** What a Pulumi type token of the package stands for. */
export interface Token extends GroupVersionKind {
    /** `ConfigMapPatch`: changes some fields of an object that somebody else made. */
    readonly isPatch: boolean;
}

/**
 * Reads `kubernetes:<group>/<version>:<Kind>`; the core group is written `core/v1` by typed classes and `v1` by CustomResource.
 * Undefined for what is no object of the API: Helm releases, charts, YAML files and kustomizations.
 */
export function parseToken(type: string): Token | undefined {
    const [, apiVersion = "", kind = ""] = type.split(":");
    if (kind === "" || !/^([a-z0-9.-]+\/)?v\d[a-z0-9]*$/.test(apiVersion)) return undefined;
    if (refusedGroups.has(apiVersion.replace(/\/.*/, ""))) return undefined;
    const isPatch = kind.endsWith("Patch") && kind !== "Patch";
    return {
        apiVersion: apiVersion.replace(/^core\//, ""),
        kind: isPatch ? kind.slice(0, -"Patch".length) : kind,
        isPatch,
    };
}

/** Groups of the package's own components, which are no API groups. */
const refusedGroups: ReadonlySet<string> = new Set(["helm.sh", "kustomize", "yaml"]);

/** `ConfigMapList`: the SDK has classes for them, the API answers them and takes none. */
export const isListKind = (kind: string): boolean => kind.endsWith("List") && kind !== "List";
