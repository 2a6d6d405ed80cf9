import { clusterErrors, type CurrentCluster } from "./kubeconfig";
import {
    admissionErrors,
    approvalErrors,
    areNamesGuarded,
    certManagerErrors,
} from "./operatorPrerequisites";
import type { Config } from "./schema";

/** What is asked of a cluster before anything is built in it. */
export interface ClusterView {
    /** Version of the API server; rejects where it is not reached. */
    serverVersion(): Promise<string>;
    /** Versions in which a custom resource is served, none where it is unknown. */
    servedVersions(customResource: string): Promise<readonly string[]>;
    /** When whoever leads by the lease of this name last renewed it; undefined where nobody leads. */
    leaderSeen(lease: string): Promise<Date | undefined>;
    /** Version that cert-manager's Deployment is labelled with, undefined where it runs in another way. */
    certManagerVersion(): Promise<string | undefined>;
    defaultStorageClass(): Promise<string | undefined>;
    /** Pods that answer to names. */
    dnsEndpoints(): Promise<number>;
    /** Whether ValidatingAdmissionPolicies are served as v1. */
    servesAdmissionPolicies(): Promise<boolean>;
    may(access: Access): Promise<boolean>;
    /** @param user as the API server knows it, for example `system:serviceaccount:<namespace>:<name>` */
    mayUser(user: string, access: Access): Promise<boolean>;
}

export interface Access {
    readonly verb: "create" | "patch" | "delete" | "approve";
    readonly group: string;
    readonly resource: string;
    readonly namespace?: string;
    /** Of one object; of all of them where absent. */
    readonly name?: string;
}

export interface Environment {
    readonly config: Pick<
        Config,
        "cluster" | "namespace" | "dataNamespace" | "certManagerNamespace" | "administrators"
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

/** The engine is not older than the SDK that the program is written with. */
const oldestPulumi = [3, 259] as const;

function pulumiCli({ pulumi }: Environment): string[] {
    const [wantedMajor, wantedMinor] = oldestPulumi;
    const install = `install the Pulumi CLI ${wantedMajor}.${wantedMinor} or later, https://www.pulumi.com/docs/install/`;
    if (pulumi === undefined) return [`pulumi: not on PATH; ${install}`];
    const [major = 0, minor = 0] = /^v?(\d+)\.(\d+)/.exec(pulumi)?.slice(1).map(Number) ?? [];
    const isNew = major > wantedMajor || (major === wantedMajor && minor >= wantedMinor);
    return isNew ? [] : [`pulumi: its version is ${pulumi}; ${install}`];
}

const clusterName = ({ config, current }: Environment): string[] =>
    clusterErrors(config.cluster, current);

const checks: Readonly<Record<string, Check>> = {
    "cert-manager": certManagerErrors,
    "approver-policy": approvalErrors,
    "admission policies": admissionErrors,
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

/** What an `up` and a `destroy` do. */
function accesses(config: Environment["config"]): Access[] {
    const kinds: readonly (readonly [group: string, resource: string, namespace?: string])[] = [
        ["", "namespaces"],
        ["cert-manager.io", "clusterissuers"],
        ["", "secrets", config.certManagerNamespace],
        ["apps", "deployments", config.namespace],
        ["policy", "poddisruptionbudgets", config.namespace],
        ["apps", "statefulsets", config.dataNamespace],
        ...(areNamesGuarded(config) ? guardKinds : []),
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

/** Where names are guarded. */
const guardKinds = [
    ["admissionregistration.k8s.io", "validatingadmissionpolicies"],
    ["admissionregistration.k8s.io", "validatingadmissionpolicybindings"],
    ["policy.cert-manager.io", "certificaterequestpolicies"],
] as const;
