import path from "node:path";
import { stringify } from "yaml";
import type { ClusterFiles } from "./files";
import { cluster } from "./settings";

/** Sockets and data of the node's daemons: on a tmpfs that only the cluster's mount namespace has. */
export const CONTAINERD_SOCKET = "/run/containerd/containerd.sock";

/** Image that holds a pod's namespaces open. */
export const PAUSE_IMAGE = "lab/pause:1";

/** Configuration files of containerd, CNI, kubelet and kube-proxy, by file name. */
export function renderNodeConfig(files: ClusterFiles): Record<string, string> {
    return {
        "containerd.toml": containerdConfig(files),
        "cni/10-bridge.conflist": JSON.stringify(cniConfig(), null, 2),
        "kubelet.yaml": stringify(kubeletConfig(files)),
        "kube-proxy.yaml": stringify(kubeProxyConfig(files)),
        // No pod reaches a resolver of the host: there is none inside.
        "resolv.conf": "nameserver 127.0.0.1\n",
    };
}

function containerdConfig(files: ClusterFiles): string {
    return `version = 2
root = "${files.store}"
state = "/run/containerd"
# The opt plugin would make /opt/containerd on the host.
disabled_plugins = ["io.containerd.internal.v1.opt"]
[grpc]
  address = "${CONTAINERD_SOCKET}"
[plugins."io.containerd.grpc.v1.cri"]
  sandbox_image = "${PAUSE_IMAGE}"
  restrict_oom_score_adj = true
  disable_apparmor = true
  disable_tcp_service = true
  [plugins."io.containerd.grpc.v1.cri".containerd]
    snapshotter = "overlayfs"
    default_runtime_name = "runc"
    [plugins."io.containerd.grpc.v1.cri".containerd.runtimes.runc]
      runtime_type = "io.containerd.runc.v2"
      [plugins."io.containerd.grpc.v1.cri".containerd.runtimes.runc.options]
        SystemdCgroup = false
  [plugins."io.containerd.grpc.v1.cri".cni]
    bin_dir = "/usr/lib/cni"
    conf_dir = "${path.join(files.config, "cni")}"
`;
}

/** Pods reach each other, Services and nothing outside: no masquerading, so iptables is not needed. */
function cniConfig(): object {
    return {
        cniVersion: "1.0.0",
        name: "lab",
        plugins: [
            {
                type: "bridge",
                bridge: "cni0",
                isGateway: true,
                hairpinMode: true,
                ipam: {
                    type: "host-local",
                    dataDir: "/run/cni-ipam",
                    ranges: [[{ subnet: cluster.nodePodRange }]],
                    routes: [{ dst: "0.0.0.0/0" }],
                },
            },
        ],
    };
}

function kubeletConfig(files: ClusterFiles): object {
    return {
        apiVersion: "kubelet.config.k8s.io/v1beta1",
        kind: "KubeletConfiguration",
        address: "0.0.0.0",
        authentication: {
            anonymous: { enabled: false },
            webhook: { enabled: true },
            x509: { clientCAFile: path.join(files.pki, "ca.crt") },
        },
        authorization: { mode: "Webhook" },
        cgroupDriver: "cgroupfs",
        cgroupRoot: `/${files.cgroup}`,
        failCgroupV1: false,
        failSwapOn: false,
        clusterDomain: cluster.domain,
        clusterDNS: [cluster.dnsAddress],
        containerRuntimeEndpoint: `unix://${CONTAINERD_SOCKET}`,
        tlsCertFile: path.join(files.pki, "kubelet.crt"),
        tlsPrivateKeyFile: path.join(files.pki, "kubelet.key"),
        resolvConf: path.join(files.config, "resolv.conf"),
        // By default below /usr/libexec, which is the host's.
        volumePluginDir: path.join(files.kubelet, "volume-plugins"),
        oomScoreAdj: 0,
        maxOpenFiles: 20000,
        maxPods: 110,
        nodeStatusUpdateFrequency: "5s",
        syncFrequency: "10s",
        imageGCHighThresholdPercent: 100,
        imageGCLowThresholdPercent: 99,
        evictionHard: {
            "memory.available": "100Mi",
            "nodefs.available": "1%",
            "imagefs.available": "1%",
            "nodefs.inodesFree": "1%",
        },
        enforceNodeAllocatable: [],
        makeIPTablesUtilChains: false,
    };
}

function kubeProxyConfig(files: ClusterFiles): object {
    return {
        apiVersion: "kubeproxy.config.k8s.io/v1alpha1",
        kind: "KubeProxyConfiguration",
        // The kernel has no IPVS, and iptables is not installed.
        mode: "nftables",
        bindAddress: "0.0.0.0",
        clientConnection: { kubeconfig: path.join(files.pki, "kube-proxy.kubeconfig") },
        clusterCIDR: cluster.podRange,
        hostnameOverride: cluster.nodeName,
        oomScoreAdj: 0,
        // Zero leaves the kernel's own values.
        conntrack: {
            maxPerCore: 0,
            min: 0,
            tcpEstablishedTimeout: "0s",
            tcpCloseWaitTimeout: "0s",
        },
    };
}
