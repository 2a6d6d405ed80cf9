import { pulumiSubjects } from "../../policies/pulumiSubject";
import type { Subject } from "../../policies/rule";
import { UnknownValue } from "../../policies/unknownValue";
import { previewed, unknown } from "./runtime";

const fromPulumi = (type: string, props: Readonly<Record<string, unknown>>): Subject[] =>
    pulumiSubjects({ type, name: "resource", props: previewed(props) });

const seen = ({ group, version, kind, namespace, name, properties, partial }: Subject) => ({
    id: `${group}|${version}|${kind}|${namespace}|${name}`,
    partial,
    data: properties.data,
});

const metadata = { namespace: "n", name: "x" };

it("gives the items of a typed list their kind", () => {
    const items = [{ metadata, data: { a: "b" } }];
    const list = { apiVersion: "v1", kind: "ConfigMapList", items };
    expect(fromPulumi("kubernetes:core/v1:ConfigMapList", list).map(seen)).toEqual([
        { id: "|v1|ConfigMap|n|x", partial: false, data: { a: "b" } },
    ]);
    expect(
        fromPulumi("kubernetes:core/v1:ConfigMapList", { items }).map(({ kind }) => kind),
    ).toEqual(["ConfigMap"]);
});

it("takes a patch for its kind, and what it leaves out for unchanged", () => {
    const patch = { apiVersion: "v1", kind: "ConfigMap", metadata, data: { a: "b" } };
    expect(fromPulumi("kubernetes:core/v1:ConfigMapPatch", patch).map(seen)).toEqual([
        { id: "|v1|ConfigMap|n|x", partial: true, data: { a: "b" } },
    ]);
    expect(
        fromPulumi("kubernetes:cert-manager.io/v1:CertificatePatch", {}).map(
            ({ kind, partial }) => [kind, partial],
        ),
    ).toEqual([["Certificate", true]]);
});

it("does not take a kind for a patch because it is named so", () => {
    const object = { apiVersion: "example.org/v1", kind: "DispatchPatch", metadata };
    expect(
        fromPulumi("kubernetes:example.org/v1:DispatchPatch", object).map(({ kind, partial }) => [
            kind,
            partial,
        ]),
    ).toEqual([["DispatchPatch", false]]);
});

it("judges what is created: the object's own kind, where a token says another", () => {
    const object = { apiVersion: "cert-manager.io/v1", kind: "Certificate", metadata };
    expect(
        fromPulumi("kubernetes:core/v1:ConfigMap", object).map(({ group, kind }) => [group, kind]),
    ).toEqual([["cert-manager.io", "Certificate"]]);
});

it("takes the token where the object's own kind is not known", () => {
    expect(
        fromPulumi("kubernetes:apps/v1:Deployment", { apiVersion: unknown, kind: unknown }).map(
            seen,
        ),
    ).toEqual([{ id: "apps|v1|Deployment||", partial: false }]);
});

it("names a resource that is not Kubernetes' by its package", () => {
    expect(fromPulumi("tls:index/privateKey:PrivateKey", { algorithm: "ECDSA" })).toEqual([
        {
            group: "tls",
            version: "",
            kind: "PrivateKey",
            namespace: "",
            name: "resource",
            partial: false,
            properties: { algorithm: "ECDSA" },
        },
    ]);
});

it.each<
    [
        name: string,
        kind: string,
        props: Record<string, unknown>,
        read: (subject: Subject) => unknown,
        at: string,
        mayWait: boolean,
    ]
>([
    [
        "a text",
        "ConfigMap",
        { data: { "a.b": unknown, c: "d" } },
        ({ properties }) => (properties.data as Record<string, unknown>)["a.b"],
        'data["a.b"]',
        false,
    ],
    [
        "binary data",
        "ConfigMap",
        { binaryData: { a: unknown } },
        ({ properties }) => (properties.binaryData as Record<string, unknown>).a,
        "binaryData.a",
        false,
    ],
    [
        "a Secret's data",
        "Secret",
        { data: { a: unknown } },
        ({ properties }) => (properties.data as Record<string, unknown>).a,
        "data.a",
        true,
    ],
    [
        "a Secret's data as a whole",
        "Secret",
        { stringData: unknown },
        ({ properties }) => properties.stringData,
        "stringData",
        true,
    ],
    [
        "a Secret's type",
        "Secret",
        { type: unknown },
        ({ properties }) => properties.type,
        "type",
        false,
    ],
    [
        "an element",
        "Pod",
        { spec: { containers: [{ image: "a" }, { image: unknown }] } },
        ({ properties }) => JSON.stringify(properties),
        "spec.containers[1].image",
        false,
    ],
])(
    "throws where %s that preview does not know is read",
    (_name, kind, props, read, at, mayWait) => {
        const [subject] = fromPulumi(`kubernetes:core/v1:${kind}`, props);
        const reading = () => read(subject ?? ({} as Subject));
        expect(reading).toThrow(UnknownValue);
        expect(reading).toThrow(expect.objectContaining({ at, mayWait }) as Error);
    },
);

it("shows what is known beside it", () => {
    const [subject] = fromPulumi("kubernetes:core/v1:ConfigMap", {
        data: { a: unknown, c: "d" },
    });
    expect(Object.keys(subject?.properties.data ?? {})).toEqual(["a", "c"]);
    expect((subject?.properties.data as Record<string, unknown>).c).toBe("d");
});
