import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { loadKubeConfig, namespaceOf } from "../../../lab/providers/kubernetes/kubeconfig";

let folder: string;

beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), "kubeconfig-"));
});
afterAll(() => {
    rmSync(folder, { recursive: true, force: true });
});

const config = (name: string, namespace?: string) =>
    JSON.stringify({
        clusters: [{ name, cluster: { server: `https://${name}.example` } }],
        users: [{ name, user: { token: name } }],
        contexts: [{ name, context: { cluster: name, user: name, namespace } }],
        "current-context": name,
    });

function file(name: string, namespace?: string): string {
    const path = join(folder, name);
    writeFileSync(path, config(name, namespace));
    return path;
}

const load = (settings: Partial<Parameters<typeof loadKubeConfig>[0]>, KUBECONFIG?: string) =>
    loadKubeConfig(
        { kubeconfig: undefined, context: undefined, cluster: undefined, ...settings },
        KUBECONFIG === undefined ? {} : { KUBECONFIG },
    );
const serverOf = (loaded: ReturnType<typeof load>) => loaded.getCurrentCluster()?.server;

it("takes a path, a text, or KUBECONFIG", () => {
    expect(serverOf(load({ kubeconfig: file("one") }))).toBe("https://one.example");
    expect(serverOf(load({ kubeconfig: config("two") }))).toBe("https://two.example");
    expect(serverOf(load({}, file("three")))).toBe("https://three.example");
});

it("merges the files of KUBECONFIG, the first one's context first, and takes the context asked for", () => {
    const both = [file("one"), file("two", "apps")].join(delimiter);
    expect(serverOf(load({}, both))).toBe("https://one.example");
    const second = load({ context: "two" }, both);
    expect(serverOf(second)).toBe("https://two.example");
    expect(namespaceOf(second)).toBe("apps");
    expect(serverOf(load({ cluster: "two" }, both))).toBe("https://two.example");
});

it("takes namespace default where the context names none", () => {
    expect(namespaceOf(load({ kubeconfig: config("one") }))).toBe("default");
});

it.each([
    ["context", "[context] three is not in the kubeconfig; known are one, two"],
    ["cluster", "[cluster] three is not in the kubeconfig; known are one, two"],
])("refuses a %s that is not there", (key, message) => {
    const both = [file("one"), file("two")].join(delimiter);
    expect(() => load({ [key]: "three" }, both)).toThrow(new Error(message));
});

it("refuses a file that is not there", () => {
    expect(() => load({ kubeconfig: "/nowhere/config" })).toThrow(
        new Error(
            "[kubeconfig] /nowhere/config does not exist; set KUBECONFIG, or the provider's kubeconfig to a path or to the text of one",
        ),
    );
});
