import { readdirSync, readFileSync, rmSync } from "node:fs";
import path from "node:path";
import { clusterFiles } from "../../lab/cluster/files";
import { daemonProcess } from "../../lab/cluster/namespaces";
import { end } from "../../lab/host/processes";
import { killedUp, lab, machineState, secondLab, type SecondLab } from "./harness/machine";

let second: SecondLab;
let before: Record<string, unknown>;

beforeAll(() => {
    second = secondLab();
    before = machineState(second.paths.root);
});
afterAll(() => {
    lab(second.env, "down");
    second.remove();
});

const kubectl = (...args: string[]): string => lab(second.env, "kubectl", ...args);
const up = (): string => lab(second.env, "up", "--until", "operators");

/** A certificate in the default namespace, asked for anew, approved by its policy and issued. */
function issues(): void {
    kubectl("delete", "--ignore-not-found", "certificate,secret", "self-signed");
    const apply = ["apply", "-f", path.join(__dirname, "manifests", "self-signed.yaml")];
    kubectl(...apply);
    kubectl("wait", "--for=condition=Ready", "--timeout=60s", "certificate/self-signed");
    expect(kubectl("get", "secret", "self-signed", "-o", "jsonpath={.type}")).toBe(
        "kubernetes.io/tls",
    );
}

describe("up, after the whole group of an earlier one was killed", () => {
    it.each([
        { step: "engine" },
        { step: "images" },
        // In the middle of a step: namespaces and daemons are half there.
        { step: "images", afterMs: 1200 },
        { step: "images", afterMs: 3500 },
        { step: "cluster" },
        { step: "cluster", afterMs: 300 },
    ])("ends well: %j", async (moment) => {
        await killedUp(second.env, "operators", moment);
        expect(up()).toMatch(/^operators .* s {2}cert-manager/m);
        expect(kubectl("get", "nodes", "-o", "name")).toBe("node/node1\n");
        issues();
        lab(second.env, "down");
    });

    it("on the deployed stack: the lock that the engine left is released", async () => {
        await killedUp(process.env, "deploy", { step: "operators", afterMs: 6000 });
        expect(lab(process.env, "up", "--until", "deploy")).toMatch(/^deploy .* s/m);
    });
});

describe("a cluster that is up", () => {
    beforeAll(() => {
        up();
    });

    it("keeps its data when up runs again", () => {
        kubectl("create", "configmap", "kept");
        expect(up()).toMatch(/^cluster .* s/m);
        expect(kubectl("get", "configmap", "kept", "-o", "name")).toBe("configmap/kept\n");
    });

    it.each([
        "kube-apiserver",
        "etcd",
        "cert-manager",
        "approver-policy",
        "edge-inside",
        "edge-outside",
    ])("gets back %s with its data after that was killed", async (name) => {
        const files = clusterFiles(second.paths);
        const daemon = daemonProcess(files, name);
        expect(daemon).toBeDefined();
        if (daemon !== undefined) await end(daemon, 0);
        up();
        expect(daemonProcess(files, name)).toBeDefined();
        expect(kubectl("get", "configmap", "kept", "-o", "name")).toBe("configmap/kept\n");
        issues();
    });

    it("is dropped with the state, where that is gone", () => {
        kubectl("get", "configmap", "kept");
        rmSync(second.paths.pulumi, { recursive: true });
        up();
        expect(() => kubectl("get", "configmap", "kept")).toThrow();
    });

    it("leaves nothing when it goes down, and what it changed is its own", () => {
        const files = clusterFiles(second.paths);
        expect(machineState(second.paths.root)["processes"]).not.toEqual([]);
        expect(readFileSync(files.kubeconfig, "utf8")).toContain("127.0.0.1");
        // Even where somebody has stopped a process and not let it run on.
        const stopped = daemonProcess(files, "cert-manager");
        if (stopped === undefined) throw new Error("cert-manager does not run");
        process.kill(stopped.pid, "SIGSTOP");
        lab(second.env, "down");
        expect(machineState(second.paths.root)).toEqual(before);
        expect(readdirSync(second.paths.root)).not.toContain("cluster");
        // Nothing to do is no error.
        lab(second.env, "down");
    });
});
