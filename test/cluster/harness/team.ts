import { spawnSync } from "node:child_process";
import { eventually } from "./platform";

/** Who asks, as the API server knows them after its login. */
export interface Caller {
    readonly user?: string;
    readonly groups?: readonly string[];
}

/** Who runs `pulumi up`. */
export const administrator: Caller = {};

export const memberOf = (group: string): Caller => ({
    user: "alice",
    groups: [group, "system:authenticated"],
});

/** An operator, by the service account of its chart. */
export const operator = (name: string): Caller => ({
    user: `system:serviceaccount:cert-manager:${name}`,
    groups: ["system:serviceaccounts", "system:authenticated"],
});

/** Somebody whose roles allow everything, once `grantEverything` was called, and who is no administrator of the platform. */
export const powerful: Caller = { user: "mallory", groups: ["system:authenticated"] };
const powerfulBinding = "test-powerful";

/** @returns what takes it away again */
export function grantEverything(): () => void {
    const role = ["--clusterrole=cluster-admin", `--user=${String(powerful.user)}`];
    const take = (): void => {
        const name = ["clusterrolebinding", powerfulBinding, "--ignore-not-found"];
        must(administrator, ["delete", ...name]);
    };
    take();
    must(administrator, ["create", "clusterrolebinding", powerfulBinding, ...role]);
    return take;
}

/** The API server judges it as it would, and keeps nothing. */
export const dryRun = "--dry-run=server";
export const create = ["create", dryRun, "--filename=-"];
export const patch = (namespace: string, object: string, change: object): string[] => [
    ...["patch", dryRun, "--namespace", namespace, object, "--type=merge"],
    ...["--patch", JSON.stringify(change)],
];
export const remove = (namespace: string, kind: string, name: string): string[] => [
    ...["delete", dryRun, "--namespace", namespace, kind, name],
];

export interface Answer {
    readonly permitted: boolean;
    /** What kubectl wrote, both streams. */
    readonly text: string;
}

/** Runs kubectl as somebody; objects go in by standard input. */
export function ask(
    { user, groups = [] }: Caller,
    args: readonly string[],
    objects: readonly object[] = [],
): Answer {
    const as =
        user === undefined ? [] : [`--as=${user}`, ...groups.map((it) => `--as-group=${it}`)];
    const { status, stdout, stderr } = spawnSync("kubectl", [...args, ...as], {
        encoding: "utf8",
        input: objects.map((it) => JSON.stringify(it)).join("\n---\n"),
    });
    return { permitted: status === 0, text: stdout + stderr };
}

/** @throws what kubectl says, if it is refused */
export function must(
    caller: Caller,
    args: readonly string[],
    objects: readonly object[] = [],
): string {
    const { permitted, text } = ask(caller, args, objects);
    if (!permitted) throw new Error(`kubectl ${args.join(" ")}: ${text}`);
    return text;
}

/** A Certificate of the platform's issuer; `spec` takes the place of what it would have. */
export const certificate = (namespace: string, name: string, spec: object): object => ({
    apiVersion: "cert-manager.io/v1",
    kind: "Certificate",
    metadata: { namespace, name },
    spec: {
        secretName: name,
        dnsNames: [`web.${namespace}.svc`],
        usages: ["digital signature", "server auth"],
        duration: "2160h",
        renewBefore: "720h",
        privateKey: { algorithm: "ECDSA", size: 256, rotationPolicy: "Always" },
        issuerRef: { group: "cert-manager.io", kind: "ClusterIssuer", name: "internal-ca" },
        ...spec,
    },
});

interface Condition {
    readonly type: string;
    readonly status: string;
    readonly message: string;
}

interface Item {
    readonly metadata: { readonly name: string };
    readonly status?: { readonly conditions?: readonly Condition[] };
}

/** `issued`, or why a Certificate has no leaf: its request was denied, is left without an answer, or could not be made. */
export const outcomeOf = (namespace: string, name: string): Promise<string> =>
    eventually(`outcome of Certificate ${namespace}/${name}`, 60_000, () =>
        Promise.resolve(outcome(namespace, name)),
    );

function outcome(namespace: string, name: string): string | undefined {
    const [one] = list(namespace, "certificate", name);
    if (is(one, "Ready")) return "issued";
    const [request] = list(namespace, "certificaterequest", `${name}-1`);
    const denied = request?.status?.conditions?.find((it) => it.type === "Denied");
    return denied?.message ?? warningsOf(namespace, [name, `${name}-1`]);
}

const is = (item: Item | undefined, type: string): boolean =>
    item?.status?.conditions?.some((it) => it.type === type && it.status === "True") ?? false;

function list(namespace: string, kind: string, name: string): readonly Item[] {
    const args = ["get", kind, "--namespace", namespace, `--field-selector=metadata.name=${name}`];
    const text = must(administrator, [...args, "--output=json"]);
    return (JSON.parse(text) as { items: Item[] }).items;
}

/** What operators say of objects in events. */
function warningsOf(namespace: string, names: readonly string[]): string | undefined {
    const text = must(administrator, ["get", "events", "--namespace", namespace, "--output=json"]);
    const { items } = JSON.parse(text) as {
        items: { involvedObject: { name: string }; reason: string; message: string }[];
    };
    const reasons = ["RequestFailed", "Unprocessed"];
    return items.find((it) => names.includes(it.involvedObject.name) && reasons.includes(it.reason))
        ?.message;
}
