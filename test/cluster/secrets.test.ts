import { execFileSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { AppsV1Api, KubeConfig } from "@kubernetes/client-node";
import { connectPlatform, type Platform } from "./harness/platform";

/**
 * No private key and no password stands in clear where none belongs. Those looked for are what the cluster really uses; each place
 * is seen to hold something, and a key planted in one is found.
 */
let platform: Platform;
let passwords: string[];
let needles: string[];

beforeAll(async () => {
    platform = await connectPlatform();
    const { items } = await platform.core.listSecretForAllNamespaces();
    const values = (name: string): string[] =>
        items
            .flatMap(({ data }) => Object.entries(data ?? {}))
            .filter(([key]) => key === name)
            .map(([, value]) => Buffer.from(value, "base64").toString("utf8"));
    passwords = values("password");
    needles = [...values("tls.key").map(slice), ...passwords];
});

/** The middle of a PEM key's body: enough to know it by, in PEM, in one line, or with escaped line ends. */
function slice(pem: string): string {
    const body = pem.split("\n").filter((line) => line !== "" && !line.startsWith("-----"));
    return (body[1] ?? body[0] ?? "").slice(4, 40);
}

/** Where a key could end up by mistake, each as one text. */
const places: readonly [string, () => Promise<string>][] = [
    ["the stack's state", () => shell("pulumi", "stack", "export", "--stack", "lab")],
    ["the stack's outputs", () => shell("pulumi", "stack", "output", "--json", "--stack", "lab")],
    ["ConfigMaps", async () => JSON.stringify(await platform.core.listConfigMapForAllNamespaces())],
    [
        "pods: environment and annotations",
        async () => JSON.stringify(await platform.core.listPodForAllNamespaces()),
    ],
    ["Deployments and StatefulSets", async () => JSON.stringify(await workloads())],
    ["events", async () => JSON.stringify(await platform.core.listEventForAllNamespaces())],
    ["logs of the pods", podLogs],
    ["evidence", () => Promise.resolve(readEvidence())],
];

it("knows what it looks for", () => {
    expect(passwords.length).toBeGreaterThanOrEqual(4);
    expect(needles.length - passwords.length).toBeGreaterThanOrEqual(8);
    needles.forEach((needle) => {
        expect(needle.length).toBeGreaterThanOrEqual(24);
    });
});

it.each(places)("finds no key and no password in %s", async (_place, read) => {
    const text = await read();
    expect(text.length).toBeGreaterThan(100);
    expect(needles.filter((needle) => text.includes(needle))).toEqual([]);
    expect(text).not.toMatch(/-----BEGIN (EC |RSA |ENCRYPTED )?PRIVATE KEY-----/);
});

it("finds a key that somebody puts into a ConfigMap", async () => {
    const { core, namespace } = platform;
    const name = "test-planted";
    const body = { metadata: { name, namespace }, data: { note: String(needles[0]) } };
    await core.createNamespacedConfigMap({ namespace, body });
    try {
        const text = JSON.stringify(await core.listConfigMapForAllNamespaces());
        expect(needles.some((needle) => text.includes(needle))).toBe(true);
    } finally {
        await core.deleteNamespacedConfigMap({ namespace, name });
    }
});

const shell = (program: string, ...args: string[]): Promise<string> =>
    Promise.resolve(execFileSync(program, args, { encoding: "utf8", maxBuffer: 2 ** 28 }));

function workloads(): Promise<unknown> {
    const config = new KubeConfig();
    config.loadFromDefault();
    const apps = config.makeApiClient(AppsV1Api);
    return Promise.all([
        apps.listDeploymentForAllNamespaces(),
        apps.listStatefulSetForAllNamespaces(),
    ]);
}

async function podLogs(): Promise<string> {
    const { core, namespace, outputs } = platform;
    const { items } = await core.listPodForAllNamespaces();
    const ours = [namespace, String(outputs.dataNamespace)];
    const logs = items.flatMap(({ metadata, spec }) => {
        const { name = "", namespace: at = "" } = metadata ?? {};
        if (!ours.includes(at)) return [];
        return (spec?.containers ?? []).map(({ name: container }) =>
            core.readNamespacedPodLog({ namespace: at, name, container }),
        );
    });
    return (await Promise.all(logs)).join("\n");
}

function readEvidence(): string {
    const file = "evidence/verify.json";
    if (!existsSync(file)) throw new Error(`${file} is missing: make verify writes it`);
    return readFileSync(file, "utf8");
}
