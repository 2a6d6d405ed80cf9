import * as k8s from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import { childOf } from "../childOptions";
import {
    admissionPolicies,
    type AdmissionPolicy,
    type AdministratorsArgs,
} from "./admissionPolicy";

/** All plain: what is rendered from them must be known in preview. */
export interface AdmissionGuardArgs {
    /** Who may change what is the platform's; at least one user or group. */
    administrators: AdministratorsArgs;
    /** Namespace of cert-manager and approver-policy. */
    certManagerNamespace: string;
    /** Issuer whose leaves have one use each. */
    issuerName: string;
    /** Secrets of the issuing key pairs, in cert-manager's namespace. */
    issuerSecretNames: string[];
    /** ConfigMap with the roots. */
    trustBundleName: string;
    /** Root namespace of the mesh. Defaults to istio-system. */
    meshRootNamespace?: string;
}

/** What the API server refuses from everybody but those whose work it is, whatever their roles allow. */
export class AdmissionGuard extends pulumi.ComponentResource {
    /** Lets a policy match the component itself with `validateResourceOfType`. */
    public static readonly __pulumiType = "encryption-in-transit:index:AdmissionGuard";

    constructor(name: string, args: AdmissionGuardArgs, opts?: pulumi.ComponentResourceOptions) {
        super(AdmissionGuard.__pulumiType, name, args, opts);
        const policies = admissionPolicies({
            ...args,
            meshRootNamespace: args.meshRootNamespace ?? "istio-system",
        });
        for (const [policyName, policy] of Object.entries(policies))
            createPolicy(`encryption-in-transit-${policyName}`, policy, childOf(this, opts));
        this.registerOutputs();
    }
}

/** A policy without a binding refuses nothing. */
function createPolicy(
    name: string,
    { spec, namespaceSelector }: AdmissionPolicy,
    opts: pulumi.CustomResourceOptions,
): void {
    const policy = new k8s.admissionregistration.v1.ValidatingAdmissionPolicy(
        name,
        { metadata: { name }, spec },
        opts,
    );
    new k8s.admissionregistration.v1.ValidatingAdmissionPolicyBinding(
        name,
        {
            metadata: { name },
            spec: {
                policyName: name,
                validationActions: ["Deny"],
                ...(namespaceSelector === undefined
                    ? {}
                    : { matchResources: { namespaceSelector } }),
            },
        },
        pulumi.mergeOptions(opts, { dependsOn: [policy] }),
    );
}
