import path from "node:path";
import type { ClusterFiles } from "./files";
import type { Daemon } from "./namespaces";
import { cluster } from "./settings";

/** Command lines of the cluster's daemons. */
export interface ClusterDaemons {
    /** Started together: none waits for another. */
    readonly first: readonly Daemon[];
    /** Started once the API server is ready: the controller manager gives up on one that is not. */
    readonly afterApiServer: readonly Daemon[];
}

/** @param kube path of the multi-call binary */
export function clusterDaemons(kube: string, files: ClusterFiles): ClusterDaemons {
    const containerd: Daemon = {
        name: "containerd",
        command: ["containerd", "-c", path.join(files.config, "containerd.toml")],
    };
    return {
        first: [containerd, etcd(kube, files), apiServer(kube, files)],
        afterApiServer: [
            controllerManager(kube, files),
            scheduler(kube, files),
            kubelet(kube, files),
            {
                name: "kube-proxy",
                command: [
                    kube,
                    "kube-proxy",
                    `--config=${path.join(files.config, "kube-proxy.yaml")}`,
                ],
            },
        ],
    };
}

function etcd(kube: string, files: ClusterFiles): Daemon {
    const client = "http://127.0.0.1:2379";
    return {
        name: "etcd",
        command: [
            kube,
            "etcd",
            `--data-dir=${files.etcd}`,
            // A lab may lose its data with the machine: it is dropped whole then.
            "--unsafe-no-fsync",
            `--listen-client-urls=${client}`,
            `--advertise-client-urls=${client}`,
            "--listen-peer-urls=http://127.0.0.1:2380",
        ],
    };
}

function apiServer(kube: string, { pki }: ClusterFiles): Daemon {
    const file = (name: string): string => path.join(pki, name);
    return {
        name: "kube-apiserver",
        command: [
            kube,
            "kube-apiserver",
            "--etcd-servers=http://127.0.0.1:2379",
            `--secure-port=${cluster.apiPort}`,
            `--advertise-address=${cluster.nodeAddress}`,
            `--service-cluster-ip-range=${cluster.serviceRange}`,
            "--authorization-mode=Node,RBAC",
            "--enable-admission-plugins=NodeRestriction",
            "--allow-privileged=true",
            `--client-ca-file=${file("ca.crt")}`,
            `--tls-cert-file=${file("apiserver.crt")}`,
            `--tls-private-key-file=${file("apiserver.key")}`,
            "--tls-min-version=VersionTLS13",
            `--kubelet-certificate-authority=${file("ca.crt")}`,
            `--kubelet-client-certificate=${file("apiserver-kubelet.crt")}`,
            `--kubelet-client-key=${file("apiserver-kubelet.key")}`,
            "--kubelet-preferred-address-types=InternalIP",
            `--service-account-issuer=https://kubernetes.default.svc.${cluster.domain}`,
            `--service-account-key-file=${file("sa.pub")}`,
            `--service-account-signing-key-file=${file("sa.key")}`,
            `--requestheader-client-ca-file=${file("front-proxy-ca.crt")}`,
            "--requestheader-allowed-names=front-proxy-client",
            "--requestheader-extra-headers-prefix=X-Remote-Extra-",
            "--requestheader-group-headers=X-Remote-Group",
            "--requestheader-username-headers=X-Remote-User",
            `--proxy-client-cert-file=${file("front-proxy-client.crt")}`,
            `--proxy-client-key-file=${file("front-proxy-client.key")}`,
            "--profiling=false",
        ],
    };
}

function controllerManager(kube: string, { pki, kubelet }: ClusterFiles): Daemon {
    const kubeconfig = path.join(pki, "controller-manager.kubeconfig");
    return {
        name: "kube-controller-manager",
        command: [
            kube,
            "kube-controller-manager",
            `--kubeconfig=${kubeconfig}`,
            `--authentication-kubeconfig=${kubeconfig}`,
            `--authorization-kubeconfig=${kubeconfig}`,
            "--kube-api-qps=200",
            "--kube-api-burst=400",
            "--bind-address=127.0.0.1",
            "--leader-elect=false",
            "--use-service-account-credentials=true",
            `--service-account-private-key-file=${path.join(pki, "sa.key")}`,
            `--root-ca-file=${path.join(pki, "ca.crt")}`,
            `--cluster-signing-cert-file=${path.join(pki, "ca.crt")}`,
            `--cluster-signing-key-file=${path.join(pki, "ca.key")}`,
            `--cluster-cidr=${cluster.podRange}`,
            `--service-cluster-ip-range=${cluster.serviceRange}`,
            // By default below /usr/libexec, which is the host's.
            `--flex-volume-plugin-dir=${path.join(kubelet, "volume-plugins")}`,
            // cert-manager's kinds are as new as the cluster: by default their quotas would be counted after five minutes alone.
            "--resource-quota-sync-period=10s",
            "--profiling=false",
        ],
    };
}

function scheduler(kube: string, { pki }: ClusterFiles): Daemon {
    const kubeconfig = path.join(pki, "scheduler.kubeconfig");
    return {
        name: "kube-scheduler",
        command: [
            kube,
            "kube-scheduler",
            `--kubeconfig=${kubeconfig}`,
            `--authentication-kubeconfig=${kubeconfig}`,
            `--authorization-kubeconfig=${kubeconfig}`,
            "--bind-address=127.0.0.1",
            "--leader-elect=false",
        ],
    };
}

function kubelet(kube: string, files: ClusterFiles): Daemon {
    return {
        name: "kubelet",
        command: [
            kube,
            "kubelet",
            `--config=${path.join(files.config, "kubelet.yaml")}`,
            `--kubeconfig=${path.join(files.pki, "kubelet.kubeconfig")}`,
            `--root-dir=${files.kubelet}`,
            `--cert-dir=${path.join(files.kubelet, "pki")}`,
            `--hostname-override=${cluster.nodeName}`,
            `--node-ip=${cluster.nodeAddress}`,
        ],
    };
}
