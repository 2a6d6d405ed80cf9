import { ControlPlane } from "./controlPlane";
import { Stack } from "./stack";

jest.setTimeout(180_000);

let plane: ControlPlane;
let stack: Stack;

beforeAll(async () => {
    plane = await ControlPlane.start();
    stack = await Stack.create(plane.kubeconfig);
});
afterAll(async () => {
    await plane.stop();
    await stack.remove();
});

const password = "correct-horse-battery";
const base64 = Buffer.from(password).toString("base64");

/** Everything that a stack of ours is made of, in one program. */
const whole = ({ app = "web", replicas = 1, color = "red", mutable = false } = {}) => `
const provider = new k8s.Provider("lab", { enableConfigMapMutable: ${String(mutable)} });
const opts = { provider };
const namespace = new k8s.core.v1.Namespace("apps", { metadata: { name: "apps" } }, opts);
const metadata = (name) => ({ name, namespace: namespace.metadata.name });
new k8s.core.v1.ConfigMap("config", { metadata: metadata("config"), data: { color: ${JSON.stringify(color)} } }, opts);
const secret = new k8s.core.v1.Secret("secret", {
    metadata: metadata("secret"),
    stringData: { password: ${JSON.stringify(password)} },
}, opts);
new k8s.core.v1.ConfigMap("derived", {
    metadata: metadata("derived"),
    data: { copy: secret.data.apply((data) => data.password) },
}, opts);
const web = new k8s.apps.v1.Deployment("web", {
    metadata: { ...metadata("web"), annotations: { "pulumi.com/skipAwait": "true" } },
    spec: {
        replicas: ${replicas},
        selector: { matchLabels: { app: ${JSON.stringify(app)} } },
        template: {
            metadata: { labels: { app: ${JSON.stringify(app)} } },
            spec: { containers: [{ name: "web", image: "web:1", resources: { limits: { cpu: "1000m" } } }] },
        },
    },
}, opts);
const definition = new k8s.apiextensions.v1.CustomResourceDefinition("widgets", {
    metadata: { name: "widgets.example.org" },
    spec: {
        group: "example.org",
        scope: "Cluster",
        names: { kind: "Widget", plural: "widgets", singular: "widget" },
        versions: [{ name: "v1", served: true, storage: true, schema: { openAPIV3Schema: {
            type: "object",
            properties: { spec: { type: "object", properties: { size: { type: "integer", default: 3 } } } },
        } } }],
    },
}, opts);
const widget = new k8s.apiextensions.CustomResource("widget", {
    apiVersion: "example.org/v1",
    kind: "Widget",
    metadata: { name: "widget" },
    spec: {},
}, { ...opts, dependsOn: definition });
exports.strategy = web.spec.strategy.type;
exports.size = widget.spec.size;
exports.password = secret.data.password;
`;

const uidOf = async (...args: string[]): Promise<unknown> =>
    ((await plane.get(...args))?.["metadata"] as { uid: string } | undefined)?.uid;

it("makes a definition and its objects in one run, and then has nothing to do", async () => {
    stack.program(whole());
    expect(await stack.succeed("preview")).toContain("+ 9 to create");
    await stack.succeed("up", "--yes", "--skip-preview");
    expect(JSON.parse(await stack.succeed("stack", "output", "--json"))).toEqual({
        strategy: "RollingUpdate",
        size: 3,
        password: "[secret]",
    });
    await stack.succeed("preview", "--expect-no-changes");
    expect(await stack.succeed("refresh", "--yes", "--skip-preview")).toContain("9 unchanged");
    await stack.succeed("preview", "--expect-no-changes");
});

it("keeps a secret one, in the state and in what is derived from it", async () => {
    const state = stack.stateText();
    expect(state).toContain('"kubernetes:core/v1:Secret"');
    expect(state).not.toContain(password);
    expect(state).not.toContain(base64);
    const shown = await stack.succeed("stack", "output", "password", "--show-secrets");
    expect(shown.trim()).toBe(base64);
    expect(await plane.get("configmap", "derived", "-n", "apps")).toMatchObject({
        data: { copy: base64 },
    });
});

it("changes in place what may change", async () => {
    const before = await uidOf("deployment", "web", "-n", "apps");
    stack.program(whole({ replicas: 2 }));
    expect(await stack.succeed("preview")).toContain("~ 1 to update");
    await stack.succeed("up", "--yes", "--skip-preview");
    expect(await uidOf("deployment", "web", "-n", "apps")).toBe(before);
    expect(await plane.get("deployment", "web", "-n", "apps")).toMatchObject({
        spec: { replicas: 2 },
    });
});

it("replaces, the old one first, where a field is fixed", async () => {
    const before = await uidOf("deployment", "web", "-n", "apps");
    stack.program(whole({ replicas: 2, app: "shop" }));
    expect(await stack.succeed("preview", "--diff")).toMatch(
        /\+-kubernetes:apps\/v1:Deployment: \(replace\)/,
    );
    await stack.succeed("up", "--yes", "--skip-preview");
    expect(await uidOf("deployment", "web", "-n", "apps")).not.toBe(before);
    expect(await plane.get("deployment", "web", "-n", "apps")).toMatchObject({
        spec: { selector: { matchLabels: { app: "shop" } } },
    });
});

it("replaces a ConfigMap, as the official plugin does, but where it is told that they are mutable", async () => {
    const now = () => uidOf("configmap", "config", "-n", "apps");
    const first = await now();
    const base = { replicas: 2, app: "shop" };
    stack.program(whole({ ...base, color: "green" }));
    await stack.succeed("up", "--yes", "--skip-preview");
    const second = await now();
    expect(second).not.toBe(first);
    stack.program(whole({ ...base, color: "blue", mutable: true }));
    await stack.succeed("up", "--yes", "--skip-preview");
    expect(await now()).toBe(second);
    expect(await plane.get("configmap", "config", "-n", "apps")).toMatchObject({
        data: { color: "blue" },
    });
});

it("sees in a refresh what others changed and deleted, and mends it", async () => {
    await plane.kubectl("scale", "deployment", "web", "-n", "apps", "--replicas=5");
    await plane.kubectl("delete", "configmap", "config", "-n", "apps");
    const refreshed = await stack.succeed("refresh", "--yes", "--skip-preview");
    expect(refreshed).toMatch(/~ 1 updated/);
    expect(refreshed).toMatch(/- 1 deleted/);
    const [web] = stack.resources("kubernetes:apps/v1:Deployment");
    expect(web?.inputs).toMatchObject({ spec: { replicas: 5 } });

    const conflict = await stack.up();
    expect(conflict.code).not.toBe(0);
    expect(conflict.output).toContain(
        "others manage fields that this resource sets: .spec.replicas (kubectl)",
    );
    stack.program(
        whole({ replicas: 2, app: "shop", color: "blue", mutable: true }).replace(
            '"pulumi.com/skipAwait": "true"',
            '$&, "pulumi.com/patchForce": "true"',
        ),
    );
    await stack.succeed("up", "--yes", "--skip-preview");
    expect(await plane.get("deployment", "web", "-n", "apps")).toMatchObject({
        spec: { replicas: 2 },
    });
    expect(await plane.get("configmap", "config", "-n", "apps")).toMatchObject({
        data: { color: "blue" },
    });
});

it("destroys everything, what is gone already included", async () => {
    await plane.kubectl("delete", "configmap", "config", "-n", "apps");
    expect(await stack.succeed("destroy", "--yes", "--skip-preview")).toContain("- 9 deleted");
    expect(await plane.get("namespace", "apps")).toBeUndefined();
    expect(await plane.get("customresourcedefinition", "widgets.example.org")).toBeUndefined();
});

it("imports an object that others made, and then manages it", async () => {
    await plane.kubectl("create", "configmap", "old", "--from-literal=a=1");
    stack.program("");
    const imported = ["kubernetes:core/v1:ConfigMap", "old", "default/old"];
    await stack.succeed("import", ...imported, "--yes", "--generate-code=false", "--protect=false");
    const program = (a: string) =>
        `new k8s.core.v1.ConfigMap("old", { metadata: { name: "old", namespace: "default" }, data: { a: "${a}" } });`;
    stack.program(program("1"));
    await stack.succeed("preview", "--expect-no-changes");
    stack.program(program("2"));
    await stack.succeed("up", "--yes", "--skip-preview");
    expect(await plane.get("configmap", "old")).toMatchObject({ data: { a: "2" } });
    const before = await uidOf("configmap", "old");
    // The default provider takes its settings from the stack's configuration.
    await stack.succeed("config", "set", "kubernetes:enableConfigMapMutable", "true");
    stack.program(program("3"));
    await stack.succeed("up", "--yes", "--skip-preview");
    expect(await plane.get("configmap", "old")).toMatchObject({ data: { a: "3" } });
    expect(await uidOf("configmap", "old")).toBe(before);
    await stack.succeed("destroy", "--yes", "--skip-preview");
    expect(await plane.get("configmap", "old")).toBeUndefined();
});

it("keeps what did not become ready, says why, and finishes when the cause is gone", async () => {
    stack.program(`
        new k8s.core.v1.ConfigMap("gate", {
            metadata: { name: "gate", annotations: { "pulumi.com/waitFor": "jsonpath={.data.open}=yes" } },
        }, { customTimeouts: { create: "1s", update: "10s" } });
    `);
    const failed = await stack.up();
    expect(failed.code).not.toBe(0);
    expect(failed.output).toContain(
        "v1 ConfigMap default/gate is not ready after 1 s: {.data.open} is nothing, not yes",
    );
    const [kept] = stack.resources("kubernetes:core/v1:ConfigMap");
    expect(kept).toMatchObject({
        id: "default/gate",
        initErrors: [expect.stringContaining("is not ready")],
    });
    await plane.kubectl(
        "patch",
        "configmap",
        "gate",
        "--type=merge",
        "-p",
        '{"data":{"open":"yes"}}',
    );
    await stack.succeed("up", "--yes", "--skip-preview");
    expect(stack.resources("kubernetes:core/v1:ConfigMap")[0]).not.toHaveProperty("initErrors");
    await stack.succeed("destroy", "--yes", "--skip-preview");
});

it.each([
    [
        "a name that is to be made up",
        'new k8s.core.v1.ConfigMap("x", {});',
        "[metadata.name] is missing; autonaming is not supported",
    ],
    [
        "a list",
        'new k8s.core.v1.ConfigMapList("x", { items: [] });',
        "[kind] ConfigMapList cannot be created",
    ],
    [
        "a Helm release",
        'new k8s.helm.v3.Release("x", { chart: "y" });',
        "has no resource kubernetes:helm.sh/v3:Release; the official plugin has",
    ],
    ["a group of YAML", 'new k8s.yaml.v2.ConfigGroup("x", { yaml: "a: 1" });', "construct"],
    [
        "a setting",
        'const provider = new k8s.Provider("p", { renderYamlToDirectory: "/x" });',
        "[renderYamlToDirectory] is not supported by the lab's kubernetes provider; the official plugin has it",
    ],
])("refuses %s in preview, and says so", async (_what, program, message) => {
    stack.program(program);
    const { code, output } = await stack.run("preview");
    expect(code).not.toBe(0);
    expect(output).toContain(message);
});
