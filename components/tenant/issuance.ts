import * as k8s from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import { CertificateUsage } from "../pki/workloadCertificate";
import {
    issuancePolicies,
    policyApi,
    policyName,
    type GrantedIssuer,
    type IssuanceGrant,
} from "./issuancePolicy";
import { certManagerAccount } from "./operators";

/** Right to be judged by the policies, in each namespace that they are for. */
const useName = "certificate-request-policies";

/**
 * Makes an owner's two policies, and lets cert-manager use them in the owner's namespaces: approver-policy asks whether whoever made
 * a request may `use` a policy there, and that is always cert-manager.
 */
export function createIssuance(
    owner: string,
    grant: IssuanceGrant,
    issuer: GrantedIssuer & { readonly certManagerNamespace: string },
    opts: pulumi.CustomResourceOptions,
): void {
    const specs = issuancePolicies(grant, issuer);
    const policies = Object.values(CertificateUsage).map(
        (usage) =>
            new k8s.apiextensions.CustomResource(
                policyName(owner, usage),
                {
                    apiVersion: policyApi,
                    kind: "CertificateRequestPolicy",
                    metadata: { name: policyName(owner, usage) },
                    spec: specs[usage],
                },
                opts,
            ),
    );
    for (const namespace of grant.namespaces)
        allowUse(
            owner,
            namespace,
            issuer.certManagerNamespace,
            pulumi.mergeOptions(opts, { dependsOn: policies }),
        );
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
