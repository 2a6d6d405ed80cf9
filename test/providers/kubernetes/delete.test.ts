import type { Properties } from "../../../lab/providers/value";
import { ControlPlane } from "./controlPlane";
import { InProcess, nobodyThere, shown } from "./inProcess";

jest.setTimeout(120_000);

let plane: ControlPlane;
let provider: InProcess;

beforeAll(async () => {
    plane = await ControlPlane.start();
});
beforeEach(() => {
    provider = new InProcess({ kubeconfig: plane.kubeconfig });
});
afterAll(() => plane.stop());

describe("a custom resource", () => {
    const definition: Properties = {
        apiVersion: "apiextensions.k8s.io/v1",
        kind: "CustomResourceDefinition",
        metadata: { name: "widgets.example.org" },
        spec: {
            group: "example.org",
            scope: "Namespaced",
            names: { kind: "Widget", plural: "widgets", singular: "widget" },
            versions: [
                {
                    name: "v1",
                    served: true,
                    storage: true,
                    schema: {
                        openAPIV3Schema: {
                            type: "object",
                            properties: {
                                spec: {
                                    type: "object",
                                    x_kubernetes_preserve_unknown_fields: true,
                                },
                            },
                        },
                    },
                },
            ],
        },
    };
    const definitionType = "kubernetes:apiextensions.k8s.io/v1:CustomResourceDefinition";
    const widgetType = "kubernetes:example.org/v1:Widget";
    const widget: Properties = {
        apiVersion: "example.org/v1",
        kind: "Widget",
        metadata: { name: "w" },
        spec: { size: 1 },
    };

    it("is made as soon as its definition is, and gone when that goes", async () => {
        await expect(provider.create(widgetType, "w", widget)).rejects.toThrow(
            "the API server does not serve kind Widget of example.org/v1; create its CustomResourceDefinition first (dependsOn)",
        );
        const defined = await provider.create(definitionType, "crd", definition);
        const made = await provider.create(widgetType, "w", widget);
        expect(shown(made.state)).toMatchObject({
            spec: { size: 1 },
            metadata: { namespace: "default" },
        });
        await provider.delete(definitionType, "crd", defined);
        await provider.delete(widgetType, "w", made);
    });
});

describe("delete", () => {
    const type = "kubernetes:core/v1:ConfigMap";
    const inputs = { apiVersion: "v1", kind: "ConfigMap", metadata: { name: "held" } };

    it("waits until the object is gone, says what holds it, and ends well where it is gone", async () => {
        const made = await provider.create(type, "held", inputs);
        await plane.kubectl(
            "patch",
            "configmap",
            "held",
            "--type=merge",
            "-p",
            '{"metadata":{"finalizers":["example.org/hold"]}}',
        );
        await expect(provider.delete(type, "held", made, 1)).rejects.toThrow(
            "v1 ConfigMap default/held is still there after 1 s: finalizers example.org/hold",
        );
        await plane.kubectl(
            "patch",
            "configmap",
            "held",
            "--type=merge",
            "-p",
            '{"metadata":{"finalizers":null}}',
        );
        await provider.delete(type, "held", made);
        await provider.delete(type, "held", made);
        expect(await plane.get("configmap", "held")).toBeUndefined();
    });

    it("forgets what an unreachable cluster holds only where it is told to", async () => {
        const kubeconfig = nobodyThere;
        const made = { id: "default/held", state: {}, inputs };
        await expect(new InProcess({ kubeconfig }).delete(type, "held", made)).rejects.toThrow(
            "the Kubernetes API server https://127.0.0.1:1 cannot be reached: connect ECONNREFUSED 127.0.0.1:1; if the cluster is gone for good, run again with PULUMI_K8S_DELETE_UNREACHABLE=true",
        );
        const forgetting = new InProcess({ kubeconfig, deleteUnreachable: "true" });
        await forgetting.delete(type, "held", made);
        expect(forgetting.lines.at(-1)).toMatch(/forgotten without it, as deleteUnreachable says$/);
    });
});
