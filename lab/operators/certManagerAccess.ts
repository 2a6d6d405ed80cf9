import { CLIENTS } from "../cluster/certificates";

export const CERT_MANAGER_NAMESPACE = "cert-manager";

const apiGroup = "rbac.authorization.k8s.io";

/** The part of the chart's rights that lab/cert-manager uses. None to approve: that is approver-policy's. */
export function certManagerAccess(): object[] {
    const name = "cert-manager-controller";
    return [
        { apiVersion: "v1", kind: "Namespace", metadata: { name: CERT_MANAGER_NAMESPACE } },
        { apiVersion: `${apiGroup}/v1`, kind: "ClusterRole", metadata: { name }, rules: rules() },
        {
            apiVersion: `${apiGroup}/v1`,
            kind: "ClusterRoleBinding",
            metadata: { name },
            roleRef: { apiGroup, kind: "ClusterRole", name },
            subjects: [{ apiGroup, kind: "User", name: CLIENTS["cert-manager"].user }],
        },
    ];
}

function rules(): object[] {
    const kinds = ["certificates", "certificaterequests", "issuers", "clusterissuers"];
    const read = ["get", "list", "watch"];
    const own = (resources: string[], verbs: string[]): object => ({
        apiGroups: ["cert-manager.io"],
        resources,
        verbs,
    });
    const of = (part: string): string[] => kinds.map((kind) => `${kind}/${part}`);
    return [
        own(kinds, [...read, "update", "patch"]),
        own(of("status"), ["update", "patch"]),
        own(of("finalizers"), ["update"]),
        own(["certificaterequests"], ["create", "delete"]),
        {
            apiGroups: ["acme.cert-manager.io"],
            resources: ["orders", "challenges"],
            verbs: read,
        },
        {
            apiGroups: [""],
            resources: ["secrets"],
            verbs: [...read, "create", "update", "patch", "delete"],
        },
        { apiGroups: ["", "events.k8s.io"], resources: ["events"], verbs: ["create", "patch"] },
        // The webhook asks whether whoever approves may.
        {
            apiGroups: ["authorization.k8s.io"],
            resources: ["subjectaccessreviews"],
            verbs: ["create"],
        },
    ];
}
