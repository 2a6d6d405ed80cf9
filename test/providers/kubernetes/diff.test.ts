import { difference, type Change } from "../../../lab/providers/kubernetes/diff";
import { Secret, unknown, type Properties, type Value } from "../../../lab/providers/value";

const deployment = {
    apiVersion: "apps/v1",
    kind: "Deployment",
    metadata: { name: "web", namespace: "apps" },
    spec: {
        replicas: 1,
        selector: { matchLabels: { app: "web" } },
        template: { spec: { containers: [{ name: "web", image: "web:1" }] } },
    },
} satisfies Properties;

function compare(kind: string, old: Properties, now: Properties, more: Partial<Change> = {}) {
    const [apiVersion = "", name = ""] = kind.split(" ");
    return difference({
        old,
        new: now,
        kind: { apiVersion, kind: name },
        isPatch: false,
        namespaced: true,
        mutable: { configMaps: false, secrets: false },
        ...more,
    });
}

const named = (kind: string, rest: Properties, apiVersion = "v1"): Properties => ({
    apiVersion,
    kind,
    metadata: { name: "x", namespace: "apps" },
    ...rest,
});

it("sees nothing where nothing changed, a secret mark or the default namespace spelled out included", () => {
    const old = named("Secret", { data: { a: "YQ==" }, metadata: { name: "x" } });
    const now = named("Secret", {
        data: new Secret<Value>({ a: "YQ==" }),
        metadata: { name: "x", namespace: "default" },
    });
    expect(compare("v1 Secret", old, now)).toEqual({
        changed: [],
        replaces: [],
        deleteBeforeReplace: false,
    });
});

it("changes what may change in place", () => {
    const now = { ...deployment, spec: { ...deployment.spec, replicas: 2 } };
    expect(compare("apps/v1 Deployment", deployment, now)).toEqual({
        changed: ["spec"],
        replaces: [],
        deleteBeforeReplace: false,
    });
});

const pod = (container: Properties, more: Properties = {}): Properties =>
    named("Pod", { spec: { containers: [{ name: "a", ...container }], ...more } });

it.each<[string, string, Properties, Properties, string[]]>([
    [
        "a Deployment's selector",
        "apps/v1 Deployment",
        deployment,
        {
            ...deployment,
            spec: { ...deployment.spec, selector: { matchLabels: { app: "other" } } },
        },
        ["spec.selector.matchLabels.app"],
    ],
    [
        "a StatefulSet's serviceName",
        "apps/v1 StatefulSet",
        named("StatefulSet", { spec: { serviceName: "a" } }),
        named("StatefulSet", { spec: { serviceName: "b" } }),
        ["spec.serviceName"],
    ],
    [
        "a Job's template",
        "batch/v1 Job",
        named("Job", { spec: { template: { spec: { containers: [{ image: "a:1" }] } } } }),
        named("Job", { spec: { template: { spec: { containers: [{ image: "a:2" }] } } } }),
        ["spec.template.spec.containers.0.image"],
    ],
    [
        "a Service's clusterIP",
        "v1 Service",
        named("Service", { spec: { clusterIP: "None" } }),
        named("Service", { spec: {} }),
        ["spec.clusterIP"],
    ],
    [
        "a ConfigMap's data",
        "v1 ConfigMap",
        named("ConfigMap", { data: { a: "1" } }),
        named("ConfigMap", { data: { a: "2" } }),
        ["data.a"],
    ],
    [
        "a Secret's type",
        "v1 Secret",
        named("Secret", { type: "Opaque" }),
        named("Secret", { type: "kubernetes.io/tls" }),
        ["type"],
    ],
    [
        "a claim's storage class",
        "v1 PersistentVolumeClaim",
        named("PersistentVolumeClaim", { spec: { storageClassName: "a" } }),
        named("PersistentVolumeClaim", { spec: { storageClassName: "b" } }),
        ["spec.storageClassName"],
    ],
    [
        "a binding's role",
        "rbac.authorization.k8s.io/v1 RoleBinding",
        named("RoleBinding", { roleRef: { name: "a" } }),
        named("RoleBinding", { roleRef: { name: "b" } }),
        ["roleRef.name"],
    ],
    [
        "a StorageClass's provisioner",
        "storage.k8s.io/v1 StorageClass",
        named("StorageClass", { provisioner: "a" }),
        named("StorageClass", { provisioner: "b" }),
        ["provisioner"],
    ],
    [
        "a Pod's image",
        "v1 Pod",
        pod({ image: "a:1" }),
        pod({ image: "a:2" }),
        ["spec.containers.0.image"],
    ],
    [
        "a Pod's volume",
        "v1 Pod",
        pod({}),
        pod({}, { volumes: [{ name: "v", emptyDir: {} }] }),
        ["spec.volumes.0.name", "spec.volumes.0.emptyDir"],
    ],
    [
        "a whole spec that appears",
        "v1 Service",
        named("Service", {}),
        named("Service", { spec: { clusterIP: "None" } }),
        ["spec.clusterIP"],
    ],
    [
        "a selector that is not known yet",
        "apps/v1 Deployment",
        deployment,
        { ...deployment, spec: { ...deployment.spec, selector: unknown } },
        ["spec.selector"],
    ],
])("replaces for %s, and deletes the old one first", (_what, kind, old, now, replaces) => {
    expect(compare(kind, old, now)).toMatchObject({ replaces, deleteBeforeReplace: true });
});

it.each<[string, Properties]>([
    ["name", { name: "y", namespace: "apps" }],
    ["namespace", { name: "x", namespace: "other" }],
])("replaces for another %s, and lets the new one be made first", (field, metadata) => {
    const old = named("ConfigMap", {});
    expect(compare("v1 ConfigMap", old, { ...old, metadata })).toEqual({
        changed: ["metadata"],
        replaces: [`metadata.${field}`],
        deleteBeforeReplace: false,
    });
});

it.each<[string, string, Partial<Change>, Properties, string[]]>([
    [
        "a ConfigMap in place where the provider says so",
        "ConfigMap",
        { mutable: { configMaps: true, secrets: false } },
        {},
        [],
    ],
    [
        "an immutable ConfigMap by another one all the same",
        "ConfigMap",
        { mutable: { configMaps: true, secrets: false } },
        { immutable: true },
        ["data.a"],
    ],
    [
        "a Secret in place where the provider says so",
        "Secret",
        { mutable: { configMaps: false, secrets: true } },
        {},
        [],
    ],
    [
        "a Secret by another one where it does not",
        "Secret",
        { mutable: { configMaps: true, secrets: false } },
        {},
        ["data.a"],
    ],
    ["what a patch sets in place", "ConfigMap", { isPatch: true }, {}, []],
])("changes %s", (_what, kind, more, rest, replaces) => {
    const [old, now] = ["1", "2"].map((a) => named(kind, { ...rest, data: { a } }));
    expect(compare(`v1 ${kind}`, old ?? {}, now ?? {}, more)).toMatchObject({
        changed: ["data"],
        replaces,
    });
});

it("passes over a namespace on a kind of the whole cluster", () => {
    const old = { ...named("Widget", {}), metadata: { name: "x", namespace: "default" } };
    const now = { ...named("Widget", {}), metadata: { name: "x" } };
    expect(compare("example.org/v1 Widget", old, now, { namespaced: false }).changed).toEqual([]);
    expect(compare("example.org/v1 Widget", old, now).changed).toEqual([]);
});

it("tells an empty object from none", () => {
    const old = named("NetworkPolicy", { spec: { podSelector: {} } });
    const now = named("NetworkPolicy", { spec: {} });
    expect(compare("networking.k8s.io/v1 NetworkPolicy", old, now).changed).toEqual(["spec"]);
});
