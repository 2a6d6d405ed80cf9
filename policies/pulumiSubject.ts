import { UnknownValueError } from "@pulumi/policy";
import { isObject, subjectsOf, type KubernetesObject } from "./kubernetesObject";
import type { Subject } from "./rule";
import { defineKnown, defineUnknown, UnknownValue } from "./unknownValue";

/** The part of @pulumi/policy's arguments that says what is judged. */
export interface PulumiResource {
    /** Type token, for example `kubernetes:apps/v1:Deployment`. */
    readonly type: string;
    readonly name: string;
    /** Inputs behind the SDK's proxy, which throws where preview knows no value. */
    readonly props: Readonly<Record<string, unknown>>;
}

/**
 * The subjects in a resource of a Pulumi program. The class does not matter: typed resources, `CustomResource` and children of a
 * chart all carry their API version and kind in the type token.
 */
export function pulumiSubjects({ type, name, props }: PulumiResource): Subject[] {
    const properties = plainObject(props, "");
    const [pkg = "", module = "", token = ""] = type.split(":");
    if (pkg !== "kubernetes" || token === "") {
        const kind = token;
        return [{ group: pkg, version: "", kind, namespace: "", name, properties, partial: false }];
    }
    const partial = isPatch(token, properties);
    const kind = partial ? token.slice(0, -"Patch".length) : token;
    return subjectsOf(properties, { apiVersion: module, kind, partial });
}

/** A `...Patch` resource names the kind that it patches in its own fields; a kind that ends so by itself does not. */
function isPatch(token: string, properties: KubernetesObject): boolean {
    if (!token.endsWith("Patch")) return false;
    const kind = attempt(() => properties.kind);
    return typeof kind !== "string" || kind !== token;
}

/** Copies what is known, and leaves in place of the rest what throws `UnknownValue` when it is read. */
function plain(value: unknown, path: string): unknown {
    if (Array.isArray(value)) return plainArray(value, path);
    return isObject(value) ? plainObject(value, path) : value;
}

function plainObject(value: KubernetesObject, path: string): KubernetesObject {
    const copy: Record<string, unknown> = {};
    for (const key of Object.keys(value)) copyField(value, key, copy, memberPath(path, key));
    return copy;
}

function plainArray(value: readonly unknown[], path: string): unknown[] {
    const copy: unknown[] = [];
    for (let index = 0; index < value.length; index++) {
        copyField(value, String(index), copy, `${path}[${index}]`);
    }
    return copy;
}

function copyField(from: object, key: string, to: object, path: string): void {
    const value = attempt(() => (from as Record<string, unknown>)[key]);
    if (value instanceof UnknownValueError) defineUnknown(to, key, new UnknownValue(path));
    else defineKnown(to, key, plain(value, path));
}

function attempt(read: () => unknown): unknown {
    try {
        return read();
    } catch (error) {
        if (error instanceof UnknownValueError || error instanceof UnknownValue) return error;
        throw error;
    }
}

const memberPath = (path: string, key: string): string => {
    if (!/^[\w-]+$/.test(key)) return `${path}[${JSON.stringify(key)}]`;
    return path === "" ? key : `${path}.${key}`;
};
