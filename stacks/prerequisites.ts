import { clusterErrors, type CurrentCluster } from "./kubeconfig";
import type { Config } from "./schema";

/** What is asked of a cluster before anything is built in it. */
export interface ClusterView {
    /** Version of the API server; rejects where it is not reached. */
    serverVersion(): Promise<string>;
    /** Versions in which a custom resource is served, none where it is unknown. */
    servedVersions(customResource: string): Promise<readonly string[]>;
    /** When cert-manager's controller last renewed its lease. */
    certManagerSeen(): Promise<Date | undefined>;
    /** Version that cert-manager's Deployment is labelled with, undefined where it runs in another way. */
    certManagerVersion(): Promise<string | undefined>;
    defaultStorageClass(): Promise<string | undefined>;
    /** Pods that answer to names. */
    dnsEndpoints(): Promise<number>;
    may(access: Access): Promise<boolean>;
}

export interface Access {
    readonly verb: "create" | "patch" | "delete";
    readonly group: string;
    readonly resource: string;
    readonly namespace?: string;
}

export interface Environment {
    readonly config: Pick<
        Config,
        "cluster" | "namespace" | "dataNamespace" | "certManagerNamespace"
    >;
    readonly current: CurrentCluster | string;
    readonly cluster: ClusterView;
    /** Version of the Pulumi CLI, undefined where there is none on PATH. */
    readonly pulumi: string | undefined;
    readonly now: Date;
}

type Check = (environment: Environment) => Promise<string[]> | string[];

/** Everything that is missing, a line each. A cluster that is another or out of reach is asked nothing further. */
export async function missing(environment: Environment): Promise<string[]> {
    const outside = [...pulumiCli(environment), ...clusterName(environment)];
    if (clusterName(environment).length > 0) return outside;
    try {
        await environment.cluster.serverVersion();
    } catch (error) {
        return [
            ...outside,
            `cluster: ${environment.config.cluster} is not reached, ${reason(error)}`,
        ];
    }
    const inside = await Promise.all(
        Object.entries(checks).map(async ([name, check]) => {
            try {
                return await check(environment);
            } catch (error) {
                return [`${name}: could not be read, ${reason(error)}`];
            }
        }),
    );
    return [...outside, ...inside.flat()];
}

/** Only the first line: what follows may repeat headers. */
const reason = (error: unknown): string =>
    (error instanceof Error ? error.message : String(error)).split("\n")[0] ?? "";

const pulumiCli = ({ pulumi }: Environment): string[] =>
    pulumi === undefined
        ? ["pulumi: not on PATH; install the Pulumi CLI, https://www.pulumi.com/docs/install/"]
        : [];

const clusterName = ({ config, current }: Environment): string[] =>
    clusterErrors(config.cluster, current);

/** cert-manager maintains its two latest minor versions; this was run with 1.21. */
const oldestCertManager = 20;
const installCertManager = `install cert-manager 1.${oldestCertManager} or later with its CRDs`;

/** Longer than a controller that is alive lets its lease go without renewal. */
const leaseSeconds = 120;

const checks: Readonly<Record<string, Check>> = {
    "cert-manager": async ({ cluster, now }) => {
        const kinds = ["certificates", "certificaterequests", "clusterissuers", "issuers"];
        const served = await Promise.all(
            kinds.map((kind) => cluster.servedVersions(`${kind}.cert-manager.io`)),
        );
        const absent = kinds.filter((_kind, index) => !served[index]?.includes("v1"));
        if (absent.length > 0)
            return [
                `cert-manager: ${absent.join(", ")} are not served as v1; ${installCertManager}`,
            ];
        return [
            ...controllerErrors(await cluster.certManagerSeen(), now),
            ...versionErrors(await cluster.certManagerVersion()),
        ];
    },
    "storage class": async ({ cluster }) =>
        (await cluster.defaultStorageClass()) === undefined
            ? [
                  "storage class: none is the default; annotate one with storageclass.kubernetes.io/is-default-class",
              ]
            : [],
    DNS: async ({ cluster }) =>
        (await cluster.dnsEndpoints()) === 0
            ? ["DNS: no endpoint of kube-system/kube-dns is ready; install the cluster's DNS"]
            : [],
    RBAC: async ({ cluster, config }) => {
        const needed = accesses(config);
        const allowed = await Promise.all(needed.map((access) => cluster.may(access)));
        return needed
            .filter((_access, index) => !allowed[index])
            .map(
                ({ verb, group, resource, namespace }) =>
                    `RBAC: you may not ${verb} ${resource}${group && `.${group}`}${namespace ? ` in ${namespace}` : ""}; ask for a role that allows it`,
            );
    },
};

function controllerErrors(seen: Date | undefined, now: Date): string[] {
    if (seen !== undefined && now.getTime() - seen.getTime() < leaseSeconds * 1000) return [];
    const last = seen ? `was last seen ${seen.toISOString()}` : "has never been seen";
    return [`cert-manager: its controller ${last}; ${installCertManager}`];
}

function versionErrors(version: string | undefined): string[] {
    if (version === undefined) return [];
    const [, major, minor] = /^v?(\d+)\.(\d+)/.exec(version) ?? [];
    if (Number(major) > 1 || (major === "1" && Number(minor) >= oldestCertManager)) return [];
    return [`cert-manager: its version is ${version}; ${installCertManager}`];
}

/** What an `up` and a `destroy` do. */
function accesses(config: Environment["config"]): Access[] {
    const kinds: readonly (readonly [group: string, resource: string, namespace?: string])[] = [
        ["", "namespaces"],
        ["cert-manager.io", "clusterissuers"],
        ["", "secrets", config.certManagerNamespace],
        ["apps", "deployments", config.namespace],
        ["policy", "poddisruptionbudgets", config.namespace],
        ["apps", "statefulsets", config.dataNamespace],
        ...[config.namespace, config.dataNamespace].flatMap((namespace) =>
            inEveryNamespace.map(([group, resource]) => [group, resource, namespace] as const),
        ),
    ];
    return kinds.flatMap(([group, resource, place]) =>
        (["create", "patch", "delete"] as const).map((verb) => ({
            verb,
            group,
            resource,
            ...(place === undefined ? {} : { namespace: place }),
        })),
    );
}

const inEveryNamespace = [
    ["cert-manager.io", "certificates"],
    ["", "services"],
    ["", "configmaps"],
    ["", "secrets"],
    ["", "serviceaccounts"],
    ["networking.k8s.io", "networkpolicies"],
] as const;
