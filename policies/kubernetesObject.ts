import type { Subject } from "./rule";
import { defineKnown, defineUnknown, tryRead, UnknownValue } from "./unknownValue";

/** An object as it goes to the API server, some of it perhaps not known yet. */
export type KubernetesObject = Readonly<Record<string, unknown>>;

/** What is known of an object from outside it, for fields that it does not carry or that preview does not know. */
export interface Envelope {
    readonly apiVersion: string;
    readonly kind: string;
    readonly partial: boolean;
}

/**
 * The subjects in an object: itself, or, for a list, its items. A list whose items preview does not know stays a subject of its own,
 * so that a rule can refuse it.
 */
export function subjectsOf(object: KubernetesObject, envelope: Envelope): Subject[] {
    const apiVersion = text(() => object.apiVersion) || envelope.apiVersion;
    const kind = text(() => object.kind) || envelope.kind;
    if (!kind.endsWith("List") || !("items" in object)) {
        return [subjectOf(object, { ...envelope, apiVersion, kind })];
    }
    const items = tryRead(() => [...(object.items as unknown[])]);
    if (items instanceof UnknownValue || !Array.isArray(object.items)) {
        return [subjectOf(object, { ...envelope, apiVersion, kind })];
    }
    const itemEnvelope = { ...envelope, apiVersion, kind: kind.slice(0, -"List".length) };
    return items.filter(isObject).flatMap((item) => subjectsOf(item, itemEnvelope));
}

function subjectOf(object: KubernetesObject, { apiVersion, kind, partial }: Envelope): Subject {
    const [group, version] = splitApiVersion(apiVersion);
    return {
        group,
        version,
        kind,
        namespace: text(() => field(object.metadata, "namespace")),
        name: text(() => field(object.metadata, "name")),
        properties: group === "" ? decoded(object, kind) : object,
        partial,
    };
}

/** `apps/v1` is a group and a version, `v1` a version of the core group, which Pulumi's types call `core/v1`. */
function splitApiVersion(apiVersion: string): [group: string, version: string] {
    const slash = apiVersion.indexOf("/");
    const group = slash < 0 ? "" : apiVersion.slice(0, slash);
    return [group === "core" ? "" : group, apiVersion.slice(slash + 1)];
}

/** Replaces base64 by the text that it stands for: `binaryData` of a ConfigMap, `data` of a Secret. */
function decoded(object: KubernetesObject, kind: string): KubernetesObject {
    if (kind === "ConfigMap") return withTexts(object, { binaryData: fromBase64 }, false);
    if (kind === "Secret") {
        return withTexts(object, { data: fromBase64, stringData: (value) => value }, true);
    }
    return object;
}

type Decode = (value: string) => string;

const fromBase64: Decode = (value) => Buffer.from(value, "base64").toString("utf8");

function withTexts(
    object: KubernetesObject,
    decoders: Readonly<Record<string, Decode>>,
    mayWait: boolean,
): KubernetesObject {
    const copy: Record<string, unknown> = {};
    for (const key of Object.keys(object)) {
        const decode = decoders[key];
        const value = tryRead(() => object[key]);
        if (value instanceof UnknownValue) {
            defineUnknown(copy, key, new UnknownValue(value.at, mayWait && decode !== undefined));
        } else {
            const texts = decode && isObject(value);
            defineKnown(copy, key, texts ? decodedTexts(value, decode, mayWait) : value);
        }
    }
    return copy;
}

function decodedTexts(texts: KubernetesObject, decode: Decode, mayWait: boolean): KubernetesObject {
    const copy: Record<string, unknown> = {};
    for (const key of Object.keys(texts)) {
        const value = tryRead(() => texts[key]);
        if (value instanceof UnknownValue) {
            defineUnknown(copy, key, new UnknownValue(value.at, mayWait));
        } else {
            defineKnown(copy, key, typeof value === "string" ? decode(value) : value);
        }
    }
    return copy;
}

/** A string, or nothing where there is none or preview does not know it. */
function text(read: () => unknown): string {
    const value = tryRead(read);
    return typeof value === "string" ? value : "";
}

const field = (value: unknown, name: string): unknown =>
    isObject(value) ? value[name] : undefined;

export function isObject(value: unknown): value is KubernetesObject {
    return typeof value === "object" && value !== null && !Array.isArray(value);
}
