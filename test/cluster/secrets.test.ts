import { execFileSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { AppsV1Api, KubeConfig } from "@kubernetes/client-node";
import { connectPlatform, type Platform } from "./harness/platform";

/**
 * No private key stands in clear where none belongs. The keys looked for are those that the cluster really uses; each place is
 * seen to hold something, and a key planted in one is found.
 */
let platform: Platform;
let needles: string[];

beforeAll(async () => {
    platform = await connectPlatform();
    const { items } = await platform.core.listSecretForAllNamespaces();
    needles = items
        .flatMap(({ data }) => Object.entries(data ?? {}))
        .filter(([key]) => key === "tls.key")
        .map(([, value]) => slice(Buffer.from(value, "base64").toString("utf8")));
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
    ["Deployments", async () => JSON.stringify(await deployments())],
    ["events", async () => JSON.stringify(await platform.core.listEventForAllNamespaces())],
    ["logs of the pods", podLogs],
    ["evidence", () => Promise.resolve(readEvidence())],
];

it("knows the keys it looks for", () => {
    expect(needles.length).toBeGreaterThanOrEqual(4);
    needles.forEach((needle) => {
        expect(needle.length).toBeGreaterThanOrEqual(30);
    });
});

it.each(places)("finds no key in %s", async (_place, read) => {
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

function deployments(): Promise<unknown> {
    const config = new KubeConfig();
    config.loadFromDefault();
    return config.makeApiClient(AppsV1Api).listDeploymentForAllNamespaces();
}

async function podLogs(): Promise<string> {
    const { core, namespace } = platform;
    const { items } = await core.listNamespacedPod({ namespace });
    const logs = items.flatMap(({ metadata, spec }) =>
        (spec?.containers ?? []).map(({ name }) =>
            core.readNamespacedPodLog({ namespace, name: metadata?.name ?? "", container: name }),
        ),
    );
    return (await Promise.all(logs)).join("\n");
}

function readEvidence(): string {
    const file = "evidence/verify.json";
    if (!existsSync(file)) throw new Error(`${file} is missing: make verify writes it`);
    return readFileSync(file, "utf8");
}
