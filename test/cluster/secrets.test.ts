import { execFileSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { AppsV1Api, KubeConfig } from "@kubernetes/client-node";
import { stack, stackConfig } from "../target";
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
    const { items: all } = await platform.core.listSecretForAllNamespaces();
    const items = all.filter(({ metadata }) => isOurs(metadata));
    const values = (name: string): string[] =>
        items
            .flatMap(({ data }) => Object.entries(data ?? {}))
            .filter(([key]) => key === name)
            .map(([, value]) => Buffer.from(value, "base64").toString("utf8"));
    passwords = values("password");
    needles = [...values("tls.key").map(slice), ...passwords];
});

const { namespace, dataNamespace, certManagerNamespace, tenants } = stackConfig();
const ours = [
    namespace,
    dataNamespace,
    certManagerNamespace,
    ...tenants.flatMap(({ namespaces }) => namespaces),
];

/** Whether an object is of the platform or of a tenant: others of the cluster may keep their secrets as they like. */
const isOurs = (metadata?: { readonly namespace?: string }): boolean =>
    ours.includes(metadata?.namespace ?? "");

/** The middle of a PEM key's body: enough to know it by, in PEM, in one line, or with escaped line ends. */
function slice(pem: string): string {
    const body = pem.split("\n").filter((line) => line !== "" && !line.startsWith("-----"));
    return (body[1] ?? body[0] ?? "").slice(4, 40);
}

/** What a place holds: all of it, and what there is the platform's or a tenant's. */
interface Text {
    readonly all: string;
    readonly ours: string;
}

interface Listed {
    readonly items: readonly { readonly metadata?: { readonly namespace?: string } }[];
}

const allOurs = (text: string): Text => ({ all: text, ours: text });

async function inCluster(...lists: readonly Promise<Listed>[]): Promise<Text> {
    const items = (await Promise.all(lists)).flatMap((list) => list.items);
    return {
        all: JSON.stringify(items),
        ours: JSON.stringify(items.filter(({ metadata }) => isOurs(metadata))),
    };
}

/** Where a key could end up by mistake. */
const places: readonly [string, () => Promise<Text>][] = [
    ["the stack's state", () => shell("pulumi", "stack", "export", "--stack", stack)],
    ["the stack's outputs", () => shell("pulumi", "stack", "output", "--json", "--stack", stack)],
    ["ConfigMaps", () => inCluster(platform.core.listConfigMapForAllNamespaces())],
    ["pods: environment and annotations", () => inCluster(platform.core.listPodForAllNamespaces())],
    ["Deployments and StatefulSets", workloads],
    ["events", () => inCluster(platform.core.listEventForAllNamespaces())],
    ["logs of the pods", podLogs],
    ["evidence", () => Promise.resolve(allOurs(readEvidence()))],
];

it("knows what it looks for", () => {
    expect(passwords.length).toBeGreaterThanOrEqual(4);
    expect(needles.length - passwords.length).toBeGreaterThanOrEqual(8);
    needles.forEach((needle) => {
        expect(needle.length).toBeGreaterThanOrEqual(24);
    });
});

it.each(places)("finds no key and no password in %s", async (_place, read) => {
    const { all, ours: own } = await read();
    expect(own.length).toBeGreaterThan(100);
    expect(needles.filter((needle) => all.includes(needle))).toEqual([]);
    expect(own).not.toMatch(/-----BEGIN (EC |RSA |ENCRYPTED )?PRIVATE KEY-----/);
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

const shell = (program: string, ...args: string[]): Promise<Text> =>
    Promise.resolve(allOurs(execFileSync(program, args, { encoding: "utf8", maxBuffer: 2 ** 28 })));

function workloads(): Promise<Text> {
    const config = new KubeConfig();
    config.loadFromDefault();
    const apps = config.makeApiClient(AppsV1Api);
    return inCluster(apps.listDeploymentForAllNamespaces(), apps.listStatefulSetForAllNamespaces());
}

async function podLogs(): Promise<Text> {
    const { core } = platform;
    const { items } = await core.listPodForAllNamespaces();
    const platforms = [namespace, dataNamespace];
    const logs = items.flatMap(({ metadata, spec }) => {
        const { name = "", namespace: at = "" } = metadata ?? {};
        if (!platforms.includes(at)) return [];
        return (spec?.containers ?? []).map(({ name: container }) =>
            core.readNamespacedPodLog({ namespace: at, name, container }),
        );
    });
    return allOurs((await Promise.all(logs)).join("\n"));
}

function readEvidence(): string {
    const file = "evidence/verify.json";
    if (!existsSync(file)) throw new Error(`${file} is missing: make verify writes it`);
    return readFileSync(file, "utf8");
}
