import { checkInputs, type CheckContext } from "../../../lab/providers/kubernetes/check";
import { Secret, unknown, type Properties } from "../../../lab/providers/value";

const context: CheckContext = {
    token: { apiVersion: "v1", kind: "ConfigMap", isPatch: false },
    namespaced: true,
    defaultNamespace: "apps",
};
const named = (metadata: Properties): Properties => ({
    apiVersion: "v1",
    kind: "ConfigMap",
    metadata,
});
const reasons = (news: Properties, more: Partial<CheckContext> = {}) =>
    (checkInputs(news, { ...context, ...more }).failures ?? []).map(({ reason }) => reason);

it("gives the default namespace to an object that names none", () => {
    expect(checkInputs(named({ name: "x" }), context)).toEqual({
        inputs: named({ name: "x", namespace: "apps" }),
        failures: [],
    });
    expect(checkInputs(named({ name: "x", namespace: "own" }), context).inputs).toEqual(
        named({ name: "x", namespace: "own" }),
    );
});

it("passes on fields that it does not know, and drops what only the server writes", () => {
    const news = {
        ...named({ name: "x", namespace: "apps", uid: "1", resourceVersion: "2" }),
        extra: { a: 1 },
    };
    expect(checkInputs(news, context).inputs).toEqual({
        ...named({ name: "x", namespace: "apps" }),
        extra: { a: 1 },
    });
});

it("demands a name", () => {
    const message =
        "[metadata.name] is missing; autonaming is not supported by the lab's kubernetes provider: give a name";
    expect(reasons(named({}))).toEqual([message]);
    expect(reasons({ apiVersion: "v1", kind: "ConfigMap" })).toEqual([message]);
    expect(reasons(named({ name: "x" }))).toEqual([]);
    expect(reasons(named({ name: unknown }))).toEqual([]);
    expect(reasons({ apiVersion: "v1", kind: "ConfigMap", metadata: unknown })).toEqual([]);
});

it("refuses generateName", () => {
    expect(reasons(named({ name: "x", generateName: "x-" }))).toEqual([
        "[metadata.generateName] does not go with server-side apply",
    ]);
});

it("refuses a namespace on a kind of the whole cluster", () => {
    const token = { apiVersion: "v1", kind: "ConfigMap", isPatch: false };
    expect(reasons(named({ name: "x", namespace: "apps" }), { namespaced: false, token })).toEqual([
        "[metadata.namespace] is set, and ConfigMap is a kind of the whole cluster: leave it out",
    ]);
    expect(reasons(named({ name: "x" }), { namespaced: false, token })).toEqual([]);
});

it("refuses lists and another kind than the type's", () => {
    const token = { apiVersion: "v1", kind: "ConfigMapList", isPatch: false };
    expect(
        reasons(
            { apiVersion: "v1", kind: "ConfigMapList", metadata: { name: "x" }, items: [] },
            { token },
        ),
    ).toEqual(["[kind] ConfigMapList cannot be created; create its items one by one"]);
    expect(reasons({ ...named({ name: "x" }), kind: "Secret" })).toEqual([
        '[apiVersion] is "v1" "Secret", and the resource\'s type says v1 ConfigMap',
    ]);
});

it("refuses an annotation of Pulumi's that it does not know, and a condition that it cannot read", () => {
    const annotated = (annotations: Properties) => reasons(named({ name: "x", annotations }));
    expect(
        annotated({
            "pulumi.com/skipAwait": "true",
            "pulumi.com/waitFor": "condition=Ready",
            "my.org/x": "1",
        }),
    ).toEqual([]);
    expect(annotated({ "pulumi.com/replaceUnready": "true" })[0]).toMatch(
        /^pulumi.com\/replaceUnready is not supported by the lab's kubernetes provider; it knows /,
    );
    expect(annotated({ "pulumi.com/waitFor": "Ready" })).toEqual([
        '[metadata.annotations["pulumi.com/waitFor"]] "Ready" begins neither with condition= nor with jsonpath=',
    ]);
});

it("marks the content of a Secret, and keeps a secret label's mark", () => {
    const token = { apiVersion: "v1", kind: "Secret", isPatch: false };
    const label = new Secret("team");
    const { inputs } = checkInputs(
        {
            apiVersion: "v1",
            kind: "Secret",
            metadata: { name: "x", labels: { owner: label } },
            stringData: { a: "b" },
        },
        { ...context, token },
    );
    expect(inputs["stringData"]).toEqual(new Secret({ a: "b" }));
    expect(inputs["metadata"]).toEqual({ name: "x", namespace: "apps", labels: { owner: label } });
    expect(JSON.stringify(inputs)).not.toContain("team");
});
