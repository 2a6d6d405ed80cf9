/** Addresses and names of the throw-away cluster. They exist in its own network namespace only. */
export const cluster = {
    /** Name of cluster, context and user in the kubeconfig. */
    name: "lab",
    nodeName: "node1",
    nodeAddress: "10.200.0.1",
    /** Further addresses of the node, one for each Service of type LoadBalancer. */
    loadBalancerAddresses: Array.from({ length: 30 }, (_, index) => `10.200.0.${10 + index}`),
    serviceRange: "10.96.0.0/16",
    /** First address of the service range: the Service `kubernetes`. */
    apiServiceAddress: "10.96.0.1",
    dnsAddress: "10.96.0.10",
    podRange: "10.244.0.0/16",
    /** The one node's share of the pod range. */
    nodePodRange: "10.244.0.0/24",
    domain: "cluster.local",
    /** Port of the API server inside, and the one that is tried first on the host's 127.0.0.1. */
    apiPort: 6443,
} as const;
