import { Secret, type Properties } from "../../../lab/providers/value";
import { ControlPlane } from "./controlPlane";
import { InProcess, shown } from "./inProcess";

jest.setTimeout(120_000);

let plane: ControlPlane;
let provider: InProcess;

beforeAll(async () => {
    plane = await ControlPlane.start();
    provider = new InProcess({ kubeconfig: plane.kubeconfig });
});

afterAll(() => plane.stop());

const configMapType = "kubernetes:core/v1:ConfigMap";
const configMap = (name: string, data: Properties, annotations: Properties = {}): Properties => ({
    apiVersion: "v1",
    kind: "ConfigMap",
    metadata: { name, annotations },
    data,
});
const patchForce = { "pulumi.com/patchForce": "true" };

describe("create", () => {
    it("gives the object as the server has it, and keeps what it was made from", async () => {
        const { id, state } = await provider.create(
            configMapType,
            "made",
            configMap("made", { a: "1" }),
        );
        expect(id).toBe("default/made");
        expect(shown(state)).toMatchObject({
            apiVersion: "v1",
            kind: "ConfigMap",
            data: { a: "1" },
            metadata: { name: "made", namespace: "default", uid: expect.any(String) as string },
            __inputs: { data: { a: "1" } },
            __initialApiVersion: "v1",
            __fieldManager: expect.stringMatching(/^pulumi-kubernetes-[0-9a-f]{12}$/) as string,
        });
        expect(await plane.get("configmap", "made")).toMatchObject({ data: { a: "1" } });
    });

    it("takes up what an interrupted run of the same resource made", async () => {
        const first = await provider.create(configMapType, "again", configMap("again", { a: "1" }));
        const second = await provider.create(
            configMapType,
            "again",
            configMap("again", { a: "2" }),
        );
        expect(shown(second.state)["data"]).toEqual({ a: "2" });
        const uid = ({ state }: { state: Properties }) =>
            (shown(state)["metadata"] as { uid: string }).uid;
        expect(uid(second)).toBe(uid(first));
    });

    it("takes up a Namespace and a ServiceAccount on which nobody has set a field", async () => {
        const namespace = { apiVersion: "v1", kind: "Namespace", metadata: { name: "bare" } };
        const account = {
            apiVersion: "v1",
            kind: "ServiceAccount",
            metadata: { name: "bare", namespace: "bare" },
        };
        const makeBoth = async () => [
            (await provider.create("kubernetes:core/v1:Namespace", "ns", namespace)).id,
            (await provider.create("kubernetes:core/v1:ServiceAccount", "sa", account)).id,
        ];
        expect(await makeBoth()).toEqual(["bare", "bare/bare"]);
        expect(await makeBoth()).toEqual(["bare", "bare/bare"]);
        const theirs = { ...account, metadata: { name: "default", namespace: "bare" } };
        await plane.kubectl("wait", "--for=create", "serviceaccount/default", "-n", "bare");
        await expect(
            provider.create("kubernetes:core/v1:ServiceAccount", "own", theirs),
        ).rejects.toThrow("v1 ServiceAccount bare/default exists already");
    });

    it("refuses an object that somebody else made, but where the provider may take it", async () => {
        await plane.kubectl("create", "configmap", "foreign", "--from-literal=a=1");
        const inputs = configMap("foreign", { b: "2" });
        await expect(provider.create(configMapType, "foreign", inputs)).rejects.toThrow(
            "v1 ConfigMap default/foreign exists already, and this resource did not make it; adopt it with `pulumi import kubernetes:core/v1:ConfigMap <name> default/foreign`, or set upsertExistingObjects on the provider",
        );
        const upserting = new InProcess({
            kubeconfig: plane.kubeconfig,
            upsertExistingObjects: "true",
        });
        const { state } = await upserting.create(configMapType, "foreign", inputs);
        expect(shown(state)["data"]).toEqual({ a: "1", b: "2" });
    });

    it("refuses a field that the kind does not have, with the server's words", async () => {
        const inputs = { ...configMap("odd", {}), colour: "red" };
        await expect(provider.create(configMapType, "odd", inputs)).rejects.toThrow(
            /^the API server refused it: .*colour/,
        );
        expect(await plane.get("configmap", "odd")).toBeUndefined();
    });

    it("says that a namespace is missing", async () => {
        const inputs = {
            ...configMap("lost", {}),
            metadata: { name: "lost", namespace: "nowhere" },
        };
        await expect(provider.create(configMapType, "lost", inputs)).rejects.toThrow(
            'the API server refused it: namespaces "nowhere" not found',
        );
    });

    it("repeats no secret in an error", async () => {
        const inputs = {
            ...configMap("leaky", {}),
            metadata: { name: "leaky", labels: { owner: new Secret("not a valid label!") } },
        };
        await expect(provider.create(configMapType, "leaky", inputs)).rejects.toThrow(
            /Invalid value: "<secret>"/,
        );
    });

    it("keeps a secret input secret in what comes back", async () => {
        const inputs = configMap("hidden", { open: "a", closed: new Secret("hunter2") });
        const { state } = await provider.create(configMapType, "hidden", inputs);
        expect(JSON.stringify(state)).not.toContain("hunter2");
        expect(shown(state)["data"]).toEqual({ open: "a", closed: "hunter2" });
    });
});

describe("update", () => {
    it("says whose a field is, and takes it over where it is told to", async () => {
        const made = await provider.create(
            configMapType,
            "shared",
            configMap("shared", { a: "1", b: "1" }),
        );
        await plane.kubectl(
            "patch",
            "configmap",
            "shared",
            "--field-manager=somebody",
            "--type=merge",
            "-p",
            '{"data":{"a":"theirs"}}',
        );
        await expect(
            provider.update(configMapType, "shared", made, configMap("shared", { a: "2", b: "2" })),
        ).rejects.toThrow(
            'v1 ConfigMap default/shared: others manage fields that this resource sets: .data.a (somebody); leave them out of the program, or take them over with the annotation pulumi.com/patchForce: "true"',
        );
        expect(await plane.get("configmap", "shared")).toMatchObject({
            data: { a: "theirs", b: "1" },
        });
        await provider.update(
            configMapType,
            "shared",
            made,
            configMap("shared", { a: "2", b: "2" }, patchForce),
        );
        expect(await plane.get("configmap", "shared")).toMatchObject({ data: { a: "2", b: "2" } });
    });

    it("leaves alone what it is to ignore", async () => {
        const made = await provider.create(
            configMapType,
            "ignoring",
            configMap("ignoring", { a: "1", b: "1" }),
        );
        await plane.kubectl(
            "patch",
            "configmap",
            "ignoring",
            "--type=merge",
            "-p",
            '{"data":{"a":"theirs"}}',
        );
        await provider.update(
            configMapType,
            "ignoring",
            made,
            configMap("ignoring", { a: "1", b: "2" }),
            {
                ignoreChanges: ["data.a"],
            },
        );
        expect(await plane.get("configmap", "ignoring")).toMatchObject({
            data: { a: "theirs", b: "2" },
        });
    });

    it("drops what the program drops, and keeps what others added", async () => {
        const made = await provider.create(
            configMapType,
            "shrunk",
            configMap("shrunk", { a: "1", b: "1" }),
        );
        await plane.kubectl(
            "patch",
            "configmap",
            "shrunk",
            "--type=merge",
            "-p",
            '{"data":{"c":"theirs"}}',
        );
        await provider.update(configMapType, "shrunk", made, configMap("shrunk", { a: "1" }));
        expect((await plane.get("configmap", "shrunk"))?.["data"]).toEqual({ a: "1", c: "theirs" });
    });

    it("writes no copy of a Secret into an annotation", async () => {
        const type = "kubernetes:core/v1:Secret";
        const secret = (password: string): Properties => ({
            apiVersion: "v1",
            kind: "Secret",
            metadata: { name: "plain" },
            stringData: { password },
        });
        const made = await provider.create(type, "plain", secret("first-word"));
        const state = await provider.update(type, "plain", made, secret("second-word"));
        expect(state["data"]).toEqual(
            new Secret({ password: Buffer.from("second-word").toString("base64") }),
        );
        expect((await plane.get("secret", "plain"))?.["metadata"]).not.toHaveProperty(
            "annotations",
        );
    });
});

describe("patch", () => {
    it("sets its fields on an object of others, and gives them back when it is deleted", async () => {
        await plane.kubectl("create", "configmap", "patched", "--from-literal=a=1");
        const type = "kubernetes:core/v1:ConfigMapPatch";
        const patch = await provider.create(type, "patch", configMap("patched", { b: "2" }));
        expect((await plane.get("configmap", "patched"))?.["data"]).toEqual({ a: "1", b: "2" });
        await provider.delete(type, "patch", patch);
        expect((await plane.get("configmap", "patched"))?.["data"]).toEqual({ a: "1" });
    });
});
