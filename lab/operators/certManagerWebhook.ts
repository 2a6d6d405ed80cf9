import { readFileSync } from "node:fs";
import path from "node:path";
import type { ClusterFiles } from "../cluster/files";

/** Port of cert-manager's webhook inside the namespaces; the chart's 10250 is the kubelet's there. */
export const CERT_MANAGER_WEBHOOK_PORT = 10270;

/** Flags of the webhook in lab/cert-manager. */
export const certManagerWebhookFlags = ({ pki }: ClusterFiles): string[] => [
    `-webhook-port=${CERT_MANAGER_WEBHOOK_PORT}`,
    `-webhook-tls-cert-file=${path.join(pki, "cert-manager-webhook.crt")}`,
    `-webhook-tls-private-key-file=${path.join(pki, "cert-manager-webhook.key")}`,
];

/** What makes the API server ask the webhook, as the chart has it; the CA is the cluster's own, which no injector need write. */
export function certManagerWebhooks(files: ClusterFiles): object[] {
    const caBundle = readFileSync(path.join(files.pki, "ca.crt")).toString("base64");
    const configuration = (kind: string, asked: string, rule: object): object => ({
        apiVersion: "admissionregistration.k8s.io/v1",
        kind,
        metadata: { name: "cert-manager-webhook" },
        webhooks: [
            {
                name: "webhook.cert-manager.io",
                rules: [{ apiVersions: ["v1"], ...rule }],
                admissionReviewVersions: ["v1"],
                failurePolicy: "Fail",
                sideEffects: "None",
                clientConfig: {
                    url: `https://127.0.0.1:${CERT_MANAGER_WEBHOOK_PORT}/${asked}`,
                    caBundle,
                },
            },
        ],
    });
    return [
        // Who makes a request is written into it: approver-policy asks what that one may use.
        configuration("MutatingWebhookConfiguration", "mutate", {
            apiGroups: ["cert-manager.io"],
            operations: ["CREATE"],
            resources: ["certificaterequests"],
        }),
        configuration("ValidatingWebhookConfiguration", "validate", {
            apiGroups: ["cert-manager.io", "acme.cert-manager.io"],
            operations: ["CREATE", "UPDATE"],
            resources: ["*/*"],
        }),
    ];
}
