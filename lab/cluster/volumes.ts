import { mkdirSync, rmSync } from "node:fs";
import path from "node:path";
import type { ClusterFiles } from "./files";
import type { Kubectl } from "./kubectl";
import { cluster } from "./settings";

const STORAGE_CLASS = "local";

/** Names of the volumes, each a folder of this machine. */
const VOLUMES = ["volume-1", "volume-2", "volume-3", "volume-4"];

/**
 * The default storage class, and volumes that were made beforehand: what a provisioner does elsewhere.
 *
 * The kind is `local` and not `hostPath`: only there a volume gets the group that its pod asks for. Nothing holds a volume to its size.
 */
export function volumeObjects(files: ClusterFiles): object[] {
    return [
        storageClass(),
        ...VOLUMES.map((name) => persistentVolume(name, folderOf(files, name))),
    ];
}

/** Makes the folders of all volumes. */
function createVolumeFolders(files: ClusterFiles): void {
    for (const name of VOLUMES) mkdirSync(folderOf(files, name), { recursive: true });
}

/** Empties the volumes whose claim is gone and offers them again, which nobody does for a volume without provisioner. */
export async function renewVolumes(files: ClusterFiles, kubectl: Kubectl): Promise<void> {
    const { stdout } = await kubectl.run(["get", "persistentvolumes", "-o", "json"]);
    const { items } = JSON.parse(stdout) as VolumeList;
    const released = items.filter(({ status }) => status.phase === "Released");
    for (const { metadata } of released) {
        await kubectl.run(["delete", "persistentvolume", metadata.name]);
        rmSync(folderOf(files, metadata.name), { recursive: true, force: true });
    }
    createVolumeFolders(files);
    await kubectl.apply(volumeObjects(files));
}

interface VolumeList {
    readonly items: readonly {
        readonly metadata: { readonly name: string };
        readonly status: { readonly phase?: string };
    }[];
}

const folderOf = (files: ClusterFiles, name: string): string => path.join(files.volumes, name);

const storageClass = (): object => ({
    apiVersion: "storage.k8s.io/v1",
    kind: "StorageClass",
    metadata: {
        name: STORAGE_CLASS,
        annotations: { "storageclass.kubernetes.io/is-default-class": "true" },
    },
    provisioner: "kubernetes.io/no-provisioner",
    volumeBindingMode: "WaitForFirstConsumer",
});

const persistentVolume = (name: string, folder: string): object => ({
    apiVersion: "v1",
    kind: "PersistentVolume",
    metadata: { name },
    spec: {
        capacity: { storage: "10Gi" },
        accessModes: ["ReadWriteOnce"],
        persistentVolumeReclaimPolicy: "Retain",
        storageClassName: STORAGE_CLASS,
        local: { path: folder },
        nodeAffinity: {
            required: {
                nodeSelectorTerms: [
                    {
                        matchExpressions: [
                            {
                                key: "kubernetes.io/hostname",
                                operator: "In",
                                values: [cluster.nodeName],
                            },
                        ],
                    },
                ],
            },
        },
    },
});
