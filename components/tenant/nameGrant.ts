import * as k8s from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import { childOf } from "../childOptions";
import { waitForReady } from "../kubernetes/certManager";
import { CertificateUsage } from "../pki/workloadCertificate";
import { issuancePolicies, policyApi, policyName } from "./issuancePolicy";
import { certManagerAccount } from "./operators";

/** All plain: what is rendered from them must be known in preview. */
export interface NameGrantArgs {
    /** Namespaces that ask, each for names of its own services; they exist. */
    namespaces: string[];
    /** Names outside the cluster that their servers may have. */
    hosts: string[];
    /** Common names that their clients may have. */
    commonNames: string[];
    issuance: NameGrantIssuanceArgs;
}

/** Where the leaves come from. */
export interface NameGrantIssuanceArgs {
    issuerName: string;
    /** `ClusterIssuer` or `Issuer`. */
    issuerKind: string;
    /** Longest life of a leaf, in hours. */
    lifetimeHours: number;
    /** Namespace of cert-manager, whose account asks for certificates. */
    certManagerNamespace: string;
}

/** Right to be judged by the policies, in each namespace that they are for. */
const useName = "certificate-request-policies";

/**
 * Which names the workloads of some namespaces may have: two CertificateRequestPolicies, and cert-manager's right to use them there.
 * approver-policy asks whether whoever made a request may `use` a policy in its namespace, and that is always cert-manager.
 */
export class NameGrant extends pulumi.ComponentResource {
    /** Lets a policy match the component itself with `validateResourceOfType`. */
    public static readonly __pulumiType = "encryption-in-transit:index:NameGrant";

    constructor(name: string, args: NameGrantArgs, opts?: pulumi.ComponentResourceOptions) {
        super(NameGrant.__pulumiType, name, args, opts);
        const child = childOf(this, opts);
        const specs = issuancePolicies(args, args.issuance);
        const policies = Object.values(CertificateUsage).map(
            (usage) =>
                new k8s.apiextensions.CustomResource(
                    policyName(name, usage),
                    {
                        apiVersion: policyApi,
                        kind: "CertificateRequestPolicy",
                        metadata: { name: policyName(name, usage), annotations: waitForReady },
                        spec: specs[usage],
                    },
                    child,
                ),
        );
        const after = pulumi.mergeOptions(child, { dependsOn: policies });
        for (const namespace of args.namespaces)
            allowUse(name, namespace, args.issuance.certManagerNamespace, after);
        this.registerOutputs();
    }
}

function allowUse(
    owner: string,
    namespace: string,
    certManagerNamespace: string,
    opts: pulumi.CustomResourceOptions,
): void {
    const metadata = { name: useName, namespace };
    const role = new k8s.rbac.v1.Role(
        `${namespace}-${useName}`,
        { metadata, rules: [useRule(owner)] },
        opts,
    );
    new k8s.rbac.v1.RoleBinding(
        `${namespace}-${useName}`,
        {
            metadata,
            roleRef: { apiGroup: "rbac.authorization.k8s.io", kind: "Role", name: useName },
            subjects: [
                {
                    kind: "ServiceAccount",
                    name: certManagerAccount,
                    namespace: certManagerNamespace,
                },
            ],
        },
        pulumi.mergeOptions(opts, { dependsOn: [role] }),
    );
}

const useRule = (owner: string): k8s.types.input.rbac.v1.PolicyRule => ({
    apiGroups: ["policy.cert-manager.io"],
    resources: ["certificaterequestpolicies"],
    verbs: ["use"],
    resourceNames: Object.values(CertificateUsage).map((usage) => policyName(owner, usage)),
});
