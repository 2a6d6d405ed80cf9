import * as k8s from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import { childOf } from "../childOptions";
import { createRestrictedNamespace } from "../kubernetes/restrictedNamespace";
import { TrustBundle } from "../pki/trustBundle";
import { allowDns, dnsPolicy, namespaceFlows, type TenantFlowArgs } from "./flows";
import { NameGrant, type NameGrantIssuanceArgs } from "./nameGrant";
import { limits, quota, type TenantQuotaArgs } from "./namespaceLimits";
import { teamRules } from "./teamRole";
import { tenantLabel } from "./tenantLabel";

/** What a team gets. All plain: what is rendered from it must be known in preview. */
export interface TenantGrantArgs {
    /** Namespaces, which are made. */
    namespaces: string[];
    /** Group of the team, as the API server knows it from the cluster's login. */
    group: string;
    /** Names outside the cluster that its servers may have. Defaults to none. */
    hosts?: string[];
    /** Common names that its clients may have: database roles. Defaults to none. */
    commonNames?: string[];
    /** Ways in and out of its pods. Defaults to none but the cluster's DNS. */
    allows?: TenantFlowArgs[];
    /** What its pods may have together, in each namespace. */
    quota?: TenantQuotaArgs;
    /**
     * Whether it is on its way out: it gets no certificate any more, and its namespaces go when it is taken from the configuration.
     * Defaults to false: then they stay in the cluster, with what is in them, even if it is taken from the configuration.
     */
    offboarding?: boolean;
}

/** All plain but the roots. */
export interface TenantArgs extends TenantGrantArgs {
    issuance: NameGrantIssuanceArgs;
    /** Name of the ConfigMap with the roots in every namespace. */
    trustBundleName: string;
    /** Roots that its workloads trust, PEM. */
    rootCertificatesPem: pulumi.Input<pulumi.Input<string>[]>;
}

/** A team on the platform: its namespaces, what it may do in them, and which names it may have. */
export class Tenant extends pulumi.ComponentResource {
    /** Lets a policy match the component itself with `validateResourceOfType`. */
    public static readonly __pulumiType = "encryption-in-transit:index:Tenant";

    constructor(name: string, args: TenantArgs, opts?: pulumi.ComponentResourceOptions) {
        super(Tenant.__pulumiType, name, args, opts);
        const child = childOf(this, opts);
        const namespaces = args.namespaces.map((one) => createNamespace(name, one, args, child));
        const inside = pulumi.mergeOptions(child, { dependsOn: namespaces });
        new TrustBundle(
            `${name}-trust`,
            {
                bundleName: args.trustBundleName,
                namespaces: args.namespaces,
                rootCertificatesPem: args.rootCertificatesPem,
            },
            inside,
        );
        for (const namespace of args.namespaces) {
            createTeamRole(namespace, args, inside);
            createFlows(namespace, args, inside);
        }
        if (args.offboarding !== true) new NameGrant(name, grantOf(args), inside);
        this.registerOutputs();
    }
}

const grantOf = ({ namespaces, hosts = [], commonNames = [], issuance }: TenantArgs) => ({
    namespaces,
    hosts,
    commonNames,
    issuance,
});

/**
 * A namespace. It and what limits it outlive the tenant's entry, unless the tenant is on its way out: a line that is deleted by mistake
 * must not delete a team's data.
 */
function createNamespace(
    tenant: string,
    name: string,
    args: TenantArgs,
    opts: pulumi.CustomResourceOptions,
): k8s.core.v1.Namespace {
    const kept = { ...opts, retainOnDelete: args.offboarding !== true };
    const namespace = createRestrictedNamespace(name, kept, { [tenantLabel]: tenant });
    const inside = pulumi.mergeOptions(kept, { dependsOn: [namespace] });
    const metadata = { name: "tenant", namespace: name };
    new k8s.core.v1.ResourceQuota(
        `${name}-quota`,
        { metadata, spec: quota(args.quota ?? {}) },
        inside,
    );
    new k8s.core.v1.LimitRange(`${name}-limits`, { metadata, spec: limits }, inside);
    return namespace;
}

function createTeamRole(
    namespace: string,
    { group }: TenantArgs,
    opts: pulumi.CustomResourceOptions,
): void {
    const metadata = { name: "team", namespace };
    const apiGroup = "rbac.authorization.k8s.io";
    const role = new k8s.rbac.v1.Role(
        `${namespace}-team`,
        { metadata, rules: [...teamRules] },
        opts,
    );
    new k8s.rbac.v1.RoleBinding(
        `${namespace}-team`,
        {
            metadata,
            roleRef: { apiGroup, kind: "Role", name: metadata.name },
            subjects: [{ apiGroup, kind: "Group", name: group }],
        },
        pulumi.mergeOptions(opts, { dependsOn: [role] }),
    );
}

function createFlows(
    namespace: string,
    { namespaces, allows = [] }: TenantArgs,
    opts: pulumi.CustomResourceOptions,
): void {
    const policies = {
        [dnsPolicy]: allowDns,
        ...namespaceFlows(namespace, { namespaces, allows }),
    };
    for (const [name, spec] of Object.entries(policies))
        new k8s.networking.v1.NetworkPolicy(
            `${namespace}-${name}`,
            { metadata: { name, namespace }, spec },
            opts,
        );
}
