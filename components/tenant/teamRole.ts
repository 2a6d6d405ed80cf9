import type * as k8s from "@pulumi/kubernetes";

type PolicyRule = k8s.types.input.rbac.v1.PolicyRule;

const read = ["get", "list", "watch"];
const write = [...read, "create", "update", "patch", "delete"];

const rule = (apiGroup: string, resources: string[], verbs: string[]): PolicyRule => ({
    apiGroups: [apiGroup],
    resources,
    verbs,
});

/**
 * What a team may do in its own namespaces: run workloads and ask for certificates.
 *
 * Not in it, on purpose: making or approving CertificateRequests (a Certificate makes them, approver-policy judges them), issuers,
 * CertificateRequestPolicies, roles and role bindings, quotas, the namespace itself, tokens of accounts.
 */
export const teamRules: readonly PolicyRule[] = [
    rule(
        "",
        ["configmaps", "persistentvolumeclaims", "secrets", "serviceaccounts", "services"],
        write,
    ),
    rule("", ["pods"], [...read, "delete"]),
    rule("", ["events", "limitranges", "pods/log", "resourcequotas"], read),
    rule("apps", ["deployments", "statefulsets"], write),
    rule("apps", ["replicasets"], read),
    rule("autoscaling", ["horizontalpodautoscalers"], write),
    rule("batch", ["cronjobs", "jobs"], write),
    // A workload of the library brings its own; those of the platform are kept by the admission policy `tenant-objects`.
    rule("networking.k8s.io", ["networkpolicies"], write),
    rule("policy", ["poddisruptionbudgets"], write),
    rule("cert-manager.io", ["certificates"], write),
    rule("cert-manager.io", ["certificaterequests"], read),
];
