import { mkdirSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, dirname, join } from "node:path";
import { bypassErrors, clusterErrors, currentCluster } from "../../stacks/kubeconfig";
import { kubeconfigOf } from "./raw";
import { temporaryFolder } from "./temporaryFolder";

const file = (text: string) => {
    const path = join(temporaryFolder(), "config");
    writeFileSync(path, text);
    return path;
};

const contexts = (name: string, cluster: string) =>
    `contexts: [{ name: ${name}, context: { cluster: ${cluster}, user: u } }]\n`;

describe("the current cluster", () => {
    it("is the one of the current context", () => {
        expect(currentCluster({ KUBECONFIG: kubeconfigOf("lab", "admin@lab") })).toEqual({
            cluster: "lab",
            context: "admin@lab",
        });
    });

    it("is read from the home directory where KUBECONFIG is not set", () => {
        const home = temporaryFolder();
        mkdirSync(join(home, ".kube"));
        writeFileSync(
            join(home, ".kube", "config"),
            `current-context: a\n${contexts("a", "home")}`,
        );
        expect(currentCluster({ HOME: home })).toEqual({ cluster: "home", context: "a" });
    });

    it("follows the first file that names a context, and the first that defines it", () => {
        const list = [
            join(tmpdir(), "there-is-no-such-file"),
            file(contexts("b", "first")),
            file(`current-context: b\n${contexts("b", "second")}`),
            file(`current-context: c\n${contexts("c", "third")}`),
        ].join(delimiter);
        expect(currentCluster({ KUBECONFIG: list })).toEqual({ cluster: "first", context: "b" });
    });

    it.each([
        ["no current context", "contexts: []", "has no current context"],
        ["an empty current context", 'current-context: ""', "has no current context"],
        ["a context that is not there", "current-context: a", 'has no context "a"'],
        ["a text that is no YAML", "{ token: planted", "is not a kubeconfig"],
        ["another kind of file", "- planted", "is not a kubeconfig"],
    ])("is missing with %s", (_case, text, message) => {
        const path = file(text);
        expect(currentCluster({ KUBECONFIG: path })).toBe(`${path} ${message}`);
    });

    it("is missing without a file", () => {
        const path = dirname(file(""));
        expect(currentCluster({ KUBECONFIG: join(path, "none") })).toBe(
            `${join(path, "none")} cannot be read`,
        );
    });
});

describe("config's cluster", () => {
    it("may be the current one", () => {
        expect(clusterErrors("lab", { cluster: "lab", context: "admin" })).toEqual([]);
    });

    it("may not be another", () => {
        expect(clusterErrors("lab", { cluster: "prod", context: "admin" })).toEqual([
            '[cluster] is "lab"; allowed "prod", the cluster of KUBECONFIG\'s current context "admin"; set KUBECONFIG or its context to the cluster that is meant, or correct the stack\'s config',
        ]);
    });

    it("may not be unknown", () => {
        expect(clusterErrors("lab", "/k cannot be read")).toEqual([
            '[cluster] is "lab"; allowed the cluster of KUBECONFIG\'s current context, but /k cannot be read; set KUBECONFIG to the file of that cluster',
        ]);
    });

    it("may not be gone round by the provider's own settings", () => {
        expect(bypassErrors({ "kubernetes:namespace": "x" })).toEqual([]);
        expect(
            bypassErrors({ "kubernetes:context": "prod", "kubernetes:kubeconfig": "planted" }),
        ).toEqual([
            "[kubernetes:kubeconfig] is set; allowed not set: the cluster of KUBECONFIG's current context is compared with config; remove it and choose the cluster by KUBECONFIG",
            "[kubernetes:context] is set; allowed not set: the cluster of KUBECONFIG's current context is compared with config; remove it and choose the cluster by KUBECONFIG",
        ]);
    });
});
