import * as k8s from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import { denyAll } from "./networkPolicy";
import { restrictedNamespaceLabels } from "./podSecurity";

/** Name of the NetworkPolicy that lets nothing pass which no other one names. */
export const denyPolicy = "deny-all";

/** Makes a namespace in which only restricted pods run and only named flows pass. */
export function createRestrictedNamespace(
    name: string,
    opts: pulumi.CustomResourceOptions,
    labels: Readonly<Record<string, string>> = {},
): k8s.core.v1.Namespace {
    const namespace = new k8s.core.v1.Namespace(
        name,
        { metadata: { name, labels: { ...restrictedNamespaceLabels, ...labels } } },
        opts,
    );
    new k8s.networking.v1.NetworkPolicy(
        `${name}-${denyPolicy}`,
        { metadata: { name: denyPolicy, namespace: name }, spec: denyAll },
        pulumi.mergeOptions(opts, { dependsOn: [namespace] }),
    );
    return namespace;
}
