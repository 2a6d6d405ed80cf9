import { createHash } from "node:crypto";
import { listAt, textAt, type KubeObject } from "./json";

/** Which kind an object is of: `apps/v1` and `Deployment`, `v1` and `Secret`. */
export interface GroupVersionKind {
    readonly apiVersion: string;
    readonly kind: string;
}

/** The group, empty for the core one. */
export function groupOf(apiVersion: string): string {
    return apiVersion.includes("/") ? apiVersion.slice(0, apiVersion.indexOf("/")) : "";
}

export function kindOf(object: KubeObject): GroupVersionKind {
    return { apiVersion: textAt(object, "apiVersion"), kind: textAt(object, "kind") };
}

/** `apps/v1 Deployment`, for messages. */
export const kindName = ({ apiVersion, kind }: GroupVersionKind): string => `${apiVersion} ${kind}`;

/** Where an object lies; the namespace is empty for a kind of the cluster's. */
export interface ObjectName {
    readonly namespace: string;
    readonly name: string;
}

export function nameOf(object: KubeObject): ObjectName {
    return {
        namespace: textAt(object, "metadata", "namespace"),
        name: textAt(object, "metadata", "name"),
    };
}

/** `namespace/name`, or the name alone: the resource's id. */
export function idOf({ namespace, name }: ObjectName): string {
    return namespace === "" ? name : `${namespace}/${name}`;
}

/** Reads an id; without a namespace in it, the kind decides whether that means `default`. */
export function parseId(id: string): ObjectName {
    const slash = id.indexOf("/");
    return slash < 0
        ? { namespace: "", name: id }
        : { namespace: id.slice(0, slash), name: id.slice(slash + 1) };
}

/** `v1 Secret data/ca-key-pair`, for messages. */
export function describe(object: KubeObject): string {
    return `${kindName(kindOf(object))} ${idOf(nameOf(object))}`;
}

/**
 * The name under which server-side apply records what a resource owns. It follows from the URN, so that an `up` finds what an
 * interrupted one left behind; the official plugin takes a random one, and so cannot.
 */
export function fieldManagerOf(urn: string): string {
    return `pulumi-kubernetes-${createHash("sha256").update(urn).digest("hex").slice(0, 12)}`;
}

/**
 * Whether an object was made by a manager. Server-side apply records a manager by the fields that it set: an object to which
 * nobody has ever set one, a bare Namespace or ServiceAccount, bears no name, and counts as made by whoever asks for it. But the
 * cluster itself makes such ServiceAccounts: `default`.
 */
export function wasMadeBy(object: KubeObject, manager: string): boolean {
    const managers = listAt(object, "metadata", "managedFields");
    if (managers.length === 0) return nameOf(object).name !== "default";
    return managers.some(
        (entry) => textAt(entry, "manager") === manager && textAt(entry, "operation") === "Apply",
    );
}
