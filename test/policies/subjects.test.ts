import { stringify } from "yaml";
import { manifestSubjects } from "../../policies/manifestSubject";
import { pulumiSubjects } from "../../policies/pulumiSubject";
import type { Subject } from "../../policies/rule";
import { previewed } from "./runtime";

/** Quotes what YAML 1.1 would take for a boolean. */
const yaml = (object: unknown): string => stringify(object, { version: "1.1" });

const base64 = (text: string): string => Buffer.from(text).toString("base64");

const fromPulumi = (type: string, props: Readonly<Record<string, unknown>>): Subject[] =>
    pulumiSubjects({ type, name: "resource", props: previewed(props) });

const seen = ({ group, version, kind, namespace, name, properties, partial }: Subject) => ({
    id: `${group}|${version}|${kind}|${namespace}|${name}`,
    partial,
    data: properties.data,
    stringData: properties.stringData,
    binaryData: properties.binaryData,
});

const metadata = { namespace: "n", name: "x" };

interface Case {
    readonly type: string;
    readonly object: Readonly<Record<string, unknown>>;
    readonly id: string;
    readonly data?: unknown;
    readonly stringData?: unknown;
    readonly binaryData?: unknown;
}

/** One table for both adapters: the object as a manifest has it, the type token that Pulumi gives it, and the subject. */
const cases: [name: string, Case][] = [
    [
        "a ConfigMap",
        {
            type: "kubernetes:core/v1:ConfigMap",
            object: { apiVersion: "v1", kind: "ConfigMap", metadata, data: { a: "b" } },
            id: "|v1|ConfigMap|n|x",
            data: { a: "b" },
        },
    ],
    [
        "a ConfigMap through CustomResource",
        {
            type: "kubernetes:v1:ConfigMap",
            object: { apiVersion: "v1", kind: "ConfigMap", metadata, data: { a: "b" } },
            id: "|v1|ConfigMap|n|x",
            data: { a: "b" },
        },
    ],
    [
        "binary data",
        {
            type: "kubernetes:core/v1:ConfigMap",
            object: {
                apiVersion: "v1",
                kind: "ConfigMap",
                metadata,
                binaryData: { a: base64("é") },
            },
            id: "|v1|ConfigMap|n|x",
            binaryData: { a: "é" },
        },
    ],
    [
        "a Secret",
        {
            type: "kubernetes:core/v1:Secret",
            object: {
                apiVersion: "v1",
                kind: "Secret",
                metadata,
                data: { a: base64("b") },
                stringData: { c: "d" },
            },
            id: "|v1|Secret|n|x",
            data: { a: "b" },
            stringData: { c: "d" },
        },
    ],
    [
        "another group's Secret, which is left alone",
        {
            type: "kubernetes:example.org/v1:Secret",
            object: {
                apiVersion: "example.org/v1",
                kind: "Secret",
                metadata,
                data: { a: base64("b") },
            },
            id: "example.org|v1|Secret|n|x",
            data: { a: base64("b") },
        },
    ],
    [
        "a group",
        {
            type: "kubernetes:apps/v1:Deployment",
            object: { apiVersion: "apps/v1", kind: "Deployment", metadata },
            id: "apps|v1|Deployment|n|x",
        },
    ],
    [
        "a custom resource",
        {
            type: "kubernetes:cert-manager.io/v1beta1:Certificate",
            object: { apiVersion: "cert-manager.io/v1beta1", kind: "Certificate", metadata },
            id: "cert-manager.io|v1beta1|Certificate|n|x",
        },
    ],
    [
        "no metadata",
        {
            type: "kubernetes:apps/v1:Deployment",
            object: { apiVersion: "apps/v1", kind: "Deployment" },
            id: "apps|v1|Deployment||",
        },
    ],
    [
        "null for data",
        {
            type: "kubernetes:core/v1:ConfigMap",
            object: { apiVersion: "v1", kind: "ConfigMap", metadata, data: null },
            id: "|v1|ConfigMap|n|x",
            data: null,
        },
    ],
    [
        "a key that means something to JavaScript",
        {
            type: "kubernetes:core/v1:Secret",
            object: {
                apiVersion: "v1",
                kind: "Secret",
                metadata,
                data: JSON.parse('{"__proto__": "Yg=="}') as object,
            },
            id: "|v1|Secret|n|x",
            data: JSON.parse('{"__proto__": "b"}') as object,
        },
    ],
];

const wanted = ({ id, data, stringData, binaryData }: Case) => [
    { id, partial: false, data, stringData, binaryData },
];

describe.each(cases)("%s", (_name, given) => {
    it("is read from Pulumi", () => {
        expect(fromPulumi(given.type, given.object).map(seen)).toEqual(wanted(given));
    });

    it("is read from a manifest", () => {
        expect(manifestSubjects("f", yaml(given.object)).map(seen)).toEqual(wanted(given));
    });

    it("is read from a list", () => {
        const list = { apiVersion: "v1", kind: "List", items: [given.object, given.object] };
        const both = [...wanted(given), ...wanted(given)];
        expect(manifestSubjects("f", yaml(list)).map(seen)).toEqual(both);
        expect(fromPulumi("kubernetes:core/v1:List", list).map(seen)).toEqual(both);
    });
});
