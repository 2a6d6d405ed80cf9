import type { ClusterFiles } from "./files";
import { cluster } from "./settings";

const NAMESPACE = "kube-system";
const LABELS = { "k8s-app": "kube-dns" };

const ACCOUNT = { name: "coredns", namespace: NAMESPACE };

/**
 * Cluster DNS: names of Services, and the hosts of the load balancers.
 *
 * The hosts are a file of this machine, since a mounted ConfigMap reaches a pod only up to a minute after its change.
 */
export function dnsObjects(files: ClusterFiles): object[] {
    return [
        ...access(),
        {
            apiVersion: "v1",
            kind: "ConfigMap",
            metadata: ACCOUNT,
            data: { Corefile: corefile() },
        },
        {
            apiVersion: "apps/v1",
            kind: "Deployment",
            metadata: { ...ACCOUNT, labels: LABELS },
            spec: {
                replicas: 1,
                selector: { matchLabels: LABELS },
                template: { metadata: { labels: LABELS }, spec: podSpec(files) },
            },
        },
        {
            apiVersion: "v1",
            kind: "Service",
            metadata: { name: "kube-dns", namespace: NAMESPACE },
            spec: {
                clusterIP: cluster.dnsAddress,
                selector: LABELS,
                ports: [
                    { name: "dns", port: 53, protocol: "UDP" },
                    { name: "dns-tcp", port: 53, protocol: "TCP" },
                ],
            },
        },
    ];
}

/** What CoreDNS may do: see Services and what is behind them. */
function access(): object[] {
    const apiGroup = "rbac.authorization.k8s.io";
    const role = { apiGroup, kind: "ClusterRole", name: "system:coredns" };
    const verbs = ["list", "watch"];
    return [
        { apiVersion: "v1", kind: "ServiceAccount", metadata: ACCOUNT },
        {
            apiVersion: `${apiGroup}/v1`,
            kind: "ClusterRole",
            metadata: { name: role.name },
            rules: [
                { apiGroups: [""], resources: ["services", "pods", "namespaces"], verbs },
                { apiGroups: ["discovery.k8s.io"], resources: ["endpointslices"], verbs },
            ],
        },
        {
            apiVersion: `${apiGroup}/v1`,
            kind: "ClusterRoleBinding",
            metadata: { name: role.name },
            roleRef: role,
            subjects: [{ kind: "ServiceAccount", ...ACCOUNT }],
        },
    ];
}

function corefile(): string {
    return `.:53 {
    errors
    health
    ready
    hosts /etc/hosts.d/hosts {
        ttl 5
        reload 1s
        fallthrough
    }
    kubernetes ${cluster.domain} in-addr.arpa ip6.arpa {
        pods insecure
        fallthrough in-addr.arpa ip6.arpa
        ttl 5
    }
    cache 5
}
`;
}

function podSpec(files: ClusterFiles): object {
    const probe = (port: number, path: string, periodSeconds: number): object => ({
        httpGet: { port, path },
        periodSeconds,
    });
    return {
        serviceAccountName: ACCOUNT.name,
        dnsPolicy: "Default",
        containers: [
            {
                name: "coredns",
                image: "lab/coredns:1",
                imagePullPolicy: "Never",
                args: ["-conf", "/etc/coredns/Corefile"],
                resources: {
                    limits: { memory: "170Mi" },
                    requests: { cpu: "50m", memory: "50Mi" },
                },
                volumeMounts: [
                    { name: "config", mountPath: "/etc/coredns", readOnly: true },
                    { name: "hosts", mountPath: "/etc/hosts.d", readOnly: true },
                ],
                readinessProbe: probe(8181, "/ready", 1),
                livenessProbe: probe(8080, "/health", 10),
            },
        ],
        volumes: [
            { name: "config", configMap: { name: ACCOUNT.name } },
            { name: "hosts", hostPath: { path: files.dns, type: "Directory" } },
        ],
    };
}
