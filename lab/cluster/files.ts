import { createHash } from "node:crypto";
import path from "node:path";
import type { LabPaths } from "../cache";

/** Files and folders of the running cluster, all below the cache. */
export interface ClusterFiles {
    readonly root: string;
    /** One record `PID START` for each process. */
    readonly records: string;
    readonly log: string;
    readonly pki: string;
    readonly config: string;
    readonly etcd: string;
    /** containerd's root: image store and snapshots. */
    readonly store: string;
    readonly kubelet: string;
    /** Folder with the file `hosts`, which CoreDNS mounts. */
    readonly dns: string;
    /** One folder a PersistentVolume. */
    readonly volumes: string;
    /** Socket through which the host reaches addresses inside the namespaces. */
    readonly edgeSocket: string;
    /** Which port of 127.0.0.1 leads to which load balancer. */
    readonly forwards: string;
    /** Kubeconfig of the administrator, for use on this machine. */
    readonly kubeconfig: string;
    /** What kubectl remembers of the API; by default below the user's home. */
    readonly kubectlCache: string;
    /** There once the cluster was seen complete; a cluster without it is dropped, not continued. */
    readonly complete: string;
    /** Name of the lab's own folder in each cgroup hierarchy: one for each cache, so that two labs do not meet. */
    readonly cgroup: string;
}

export function clusterFiles(paths: LabPaths): ClusterFiles {
    const root = paths.cluster;
    const inside = (name: string): string => path.join(root, name);
    return {
        root,
        records: inside("records"),
        log: inside("log"),
        pki: inside("pki"),
        config: inside("config"),
        etcd: inside("etcd"),
        store: inside("containerd"),
        kubelet: inside("kubelet"),
        dns: inside("dns"),
        volumes: inside("volumes"),
        edgeSocket: inside("edge.sock"),
        forwards: inside("forwards.json"),
        kubeconfig: inside("kubeconfig"),
        kubectlCache: inside("kubectl-cache"),
        complete: inside("complete"),
        cgroup: `encryption-in-transit-${createHash("sha256").update(root).digest("hex").slice(0, 8)}`,
    };
}
