import { CLIENTS } from "../cluster/certificates";
import { CERT_MANAGER_NAMESPACE } from "./certManagerAccess";

const apiGroup = "rbac.authorization.k8s.io";
const name = "cert-manager-approver-policy";

/** The chart's rights of approver-policy. */
export function approverPolicyAccess(): object[] {
    return [
        ...bound("ClusterRole", { name }, everywhere),
        ...bound("Role", { name, namespace: CERT_MANAGER_NAMESPACE }, inItsNamespace),
    ];
}

function bound(kind: "ClusterRole" | "Role", metadata: object, rules: readonly object[]): object[] {
    const apiVersion = `${apiGroup}/v1`;
    return [
        { apiVersion, kind, metadata, rules },
        {
            apiVersion,
            kind: `${kind}Binding`,
            metadata,
            roleRef: { apiGroup, kind, name },
            subjects: [{ apiGroup, kind: "User", name: CLIENTS["approver-policy"].user }],
        },
    ];
}

const rule = (
    group: string,
    resources: string[],
    verbs: string[],
    resourceNames?: string[],
): object => ({
    apiGroups: [group],
    resources,
    verbs,
    ...(resourceNames === undefined ? {} : { resourceNames }),
});

const watch = ["list", "watch"];

const everywhere = [
    rule("policy.cert-manager.io", ["certificaterequestpolicies"], watch),
    rule("policy.cert-manager.io", ["certificaterequestpolicies/status"], ["patch"]),
    rule("cert-manager.io", ["certificaterequests"], watch),
    rule("cert-manager.io", ["certificaterequests/status"], ["patch"]),
    rule(
        "cert-manager.io",
        ["signers"],
        ["approve"],
        ["issuers.cert-manager.io/*", "clusterissuers.cert-manager.io/*"],
    ),
    rule(apiGroup, ["roles", "clusterroles", "rolebindings", "clusterrolebindings"], watch),
    rule("", ["namespaces"], watch),
    ...["", "events.k8s.io"].map((group) => rule(group, ["events"], ["create", "patch"])),
    rule("authorization.k8s.io", ["subjectaccessreviews"], ["create"]),
];

const inItsNamespace = [
    rule("coordination.k8s.io", ["leases"], ["create"]),
    rule("coordination.k8s.io", ["leases"], ["get", "update"], ["policy.cert-manager.io"]),
    // The chart has the Secret made beforehand: a right to create cannot name one.
    rule("", ["secrets"], ["create"]),
    rule("", ["secrets"], ["get", "list", "watch", "update"], [`${name}-tls`]),
];
