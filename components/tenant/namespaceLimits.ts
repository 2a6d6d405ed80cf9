import type * as k8s from "@pulumi/kubernetes";

/** What all pods of one namespace may have together. */
export interface TenantQuotaArgs {
    /** Pods. Defaults to 20. */
    pods?: number;
    /** CPU that they may request, as a Kubernetes quantity. Defaults to "4". */
    cpu?: string;
    /** Memory that they may request and be limited to, as a Kubernetes quantity. Defaults to "8Gi". */
    memory?: string;
    /** Volumes, as a Kubernetes quantity. Defaults to "20Gi". */
    storage?: string;
    /** Certificates, each with a Secret. Defaults to 40. */
    certificates?: number;
}

/** The whole of a namespace. No Service opens a way in past the gateway. */
export function quota({
    pods = 20,
    cpu = "4",
    memory = "8Gi",
    storage = "20Gi",
    certificates = 40,
}: TenantQuotaArgs): k8s.types.input.core.v1.ResourceQuotaSpec {
    return {
        hard: {
            pods: String(pods),
            "requests.cpu": cpu,
            "requests.memory": memory,
            "limits.memory": memory,
            "requests.storage": storage,
            "count/certificates.cert-manager.io": String(certificates),
            "services.loadbalancers": "0",
            "services.nodeports": "0",
        },
    };
}

/** What a container has that says nothing, since a quota refuses pods without requests. */
export const limits: k8s.types.input.core.v1.LimitRangeSpec = {
    limits: [
        {
            type: "Container",
            defaultRequest: { cpu: "50m", memory: "64Mi" },
            default: { memory: "256Mi" },
        },
    ],
};
