import type * as k8s from "@pulumi/kubernetes";

type NetworkPolicySpec = k8s.types.input.networking.v1.NetworkPolicySpec;
type Peer = k8s.types.input.networking.v1.NetworkPolicyPeer;

/** Nothing gets in or out of a namespace unless another policy says so. */
export const denyAll: NetworkPolicySpec = {
    podSelector: {},
    policyTypes: ["Ingress", "Egress"],
};

/** The pods of one workload in the policy's own namespace. */
export const podsOf = (app: string): Peer => ({ podSelector: { matchLabels: { app } } });

/** Every pod of a namespace, known by the label that the API server itself sets. */
export const podsIn = (namespace: string): Peer => ({
    namespaceSelector: { matchLabels: { "kubernetes.io/metadata.name": namespace } },
});

/** The pods of one workload in whatever namespace. */
export const podsOfNamespace = (app: string, namespace: string): Peer => ({
    ...podsIn(namespace),
    ...podsOf(app),
});

/** One way in or out: the other end and the ports. No peer means everywhere. */
export interface Flow {
    readonly peers: readonly Peer[];
    readonly ports: readonly number[];
}

/** What one workload may receive, and what it may open beside names. */
export function allow(
    app: string,
    flows: { readonly ingress: readonly Flow[]; readonly egress: readonly Flow[] },
): NetworkPolicySpec {
    return {
        podSelector: { matchLabels: { app } },
        policyTypes: ["Ingress", "Egress"],
        ingress: flows.ingress.map(({ peers, ports }) => ({
            ...(peers.length > 0 ? { from: [...peers] } : {}),
            ports: ports.map((port) => ({ protocol: "TCP", port })),
        })),
        egress: [
            toClusterDns,
            ...flows.egress.map(({ peers, ports }) => ({
                ...(peers.length > 0 ? { to: [...peers] } : {}),
                ports: ports.map((port) => ({ protocol: "TCP", port })),
            })),
        ],
    };
}

/** The one way out that every workload has. */
export const toClusterDns = {
    to: [
        {
            namespaceSelector: { matchLabels: { "kubernetes.io/metadata.name": "kube-system" } },
            podSelector: { matchLabels: { "k8s-app": "kube-dns" } },
        },
    ],
    ports: [
        { protocol: "UDP", port: 53 },
        { protocol: "TCP", port: 53 },
    ],
};
