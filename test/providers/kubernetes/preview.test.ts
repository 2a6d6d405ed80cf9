import { Unknown, unknown, type Properties } from "../../../lab/providers/value";
import { ControlPlane } from "./controlPlane";
import { InProcess, nobodyThere, shown } from "./inProcess";

jest.setTimeout(120_000);

let plane: ControlPlane;
let provider: InProcess;

beforeAll(async () => {
    plane = await ControlPlane.start();
    provider = new InProcess({ kubeconfig: plane.kubeconfig });
});

afterAll(() => plane.stop());

const configMapType = "kubernetes:core/v1:ConfigMap";
const configMap = (name: string, data: Properties): Properties => ({
    apiVersion: "v1",
    kind: "ConfigMap",
    metadata: { name },
    data,
});

describe("preview", () => {
    const service = (spec: Properties): Properties => ({
        apiVersion: "v1",
        kind: "Service",
        metadata: { name: "previewed" },
        spec,
    });
    const serviceType = "kubernetes:core/v1:Service";

    it("shows the server's defaults, makes nothing, and does not know what will be chosen", async () => {
        const inputs = service({ ports: [{ port: 80 }] });
        const { id, state } = await provider.create(serviceType, "previewed", inputs, {
            preview: true,
        });
        expect(id).toBe("");
        expect(state["spec"]).toMatchObject({
            type: "ClusterIP",
            sessionAffinity: "None",
            ports: [{ port: 80, protocol: "TCP", targetPort: 80 }],
        });
        const { clusterIP } = state["spec"] as Properties;
        const { uid } = state["metadata"] as Properties;
        expect([clusterIP, uid, state["status"]]).toEqual([unknown, unknown, undefined]);
        expect(await plane.get("service", "previewed")).toBeUndefined();
    });

    it("refuses what the server would refuse", async () => {
        const inputs = service({ ports: [{ port: 700_000 }] });
        await expect(
            provider.create(serviceType, "refused", inputs, { preview: true }),
        ).rejects.toThrow(
            /the API server refused it: .*spec.ports\[0\].port: Invalid value: 700000/,
        );
    });

    it.each<[string, Properties]>([
        ["a value is not known", service({ ports: [{ port: new Unknown() }] })],
        [
            "the namespace is not there",
            { ...service({ ports: [{ port: 80 }] }), metadata: { name: "x", namespace: "later" } },
        ],
    ])("says what the inputs say where %s", async (_what, inputs) => {
        const { state } = await provider.create(serviceType, "later", inputs, { preview: true });
        expect(state["spec"]).toEqual(inputs["spec"]);
        expect((state["metadata"] as Properties)["uid"]).toBe(unknown);
    });

    it("says what the inputs say of a kind that is not served yet", async () => {
        const inputs = {
            apiVersion: "example.org/v1",
            kind: "Later",
            metadata: { name: "x" },
            spec: { size: 1 },
        };
        const { state } = await provider.create("kubernetes:example.org/v1:Later", "x", inputs, {
            preview: true,
        });
        expect(state["spec"]).toEqual({ size: 1 });
    });

    it("shows the defaults of an object that takes the place of one with fixed fields", async () => {
        const job = (image: string): Properties => ({
            apiVersion: "batch/v1",
            kind: "Job",
            metadata: { name: "fixed", annotations: { "pulumi.com/skipAwait": "true" } },
            spec: {
                template: { spec: { restartPolicy: "Never", containers: [{ name: "a", image }] } },
            },
        });
        const made = await provider.create("kubernetes:batch/v1:Job", "fixed", job("a:1"));
        const { state } = await provider.create("kubernetes:batch/v1:Job", "fixed", job("a:2"), {
            preview: true,
        });
        expect(shown(state)).toMatchObject({
            metadata: { name: "fixed" },
            spec: { backoffLimit: 6 },
        });
        await provider.delete("kubernetes:batch/v1:Job", "fixed", made);
    });

    it("shows a change as the server would make it, and makes none", async () => {
        const made = await provider.create(
            configMapType,
            "changing",
            configMap("changing", { a: "1" }),
        );
        const state = await provider.update(
            configMapType,
            "changing",
            made,
            configMap("changing", { a: "2" }),
            {
                preview: true,
            },
        );
        expect(shown(state)["data"]).toEqual({ a: "2" });
        expect((await plane.get("configmap", "changing"))?.["data"]).toEqual({ a: "1" });
    });

    it("goes on without a cluster, and says so", async () => {
        const lonely = new InProcess({ kubeconfig: nobodyThere });
        const { state } = await lonely.create(configMapType, "x", configMap("x", { a: "1" }), {
            preview: true,
        });
        expect(state["data"]).toEqual({ a: "1" });
        expect(lonely.lines).toEqual([
            "warning: the Kubernetes API server https://127.0.0.1:1 cannot be reached: connect ECONNREFUSED 127.0.0.1:1; previewed without it",
        ]);
    });
});
