import { CLIENTS } from "./certificates";

/** What the load balancer stand-in may do: see Services, and write the address into their status. */
export function loadBalancerAccess(): object[] {
    const name = CLIENTS["load-balancer"].user;
    const apiGroup = "rbac.authorization.k8s.io";
    return [
        {
            apiVersion: `${apiGroup}/v1`,
            kind: "ClusterRole",
            metadata: { name },
            rules: [
                { apiGroups: [""], resources: ["services"], verbs: ["list", "watch"] },
                { apiGroups: [""], resources: ["services/status"], verbs: ["patch"] },
            ],
        },
        {
            apiVersion: `${apiGroup}/v1`,
            kind: "ClusterRoleBinding",
            metadata: { name },
            roleRef: { apiGroup, kind: "ClusterRole", name },
            subjects: [{ apiGroup, kind: "User", name }],
        },
    ];
}
