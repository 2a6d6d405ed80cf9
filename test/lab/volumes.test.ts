import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { labPaths } from "../../lab/cache";
import { clusterFiles, type ClusterFiles } from "../../lab/cluster/files";
import type { Kubectl } from "../../lab/cluster/kubectl";
import { renewVolumes, volumeObjects } from "../../lab/cluster/volumes";

let home: string;
let files: ClusterFiles;

beforeEach(() => {
    home = mkdtempSync(path.join(tmpdir(), "volumes-"));
    files = clusterFiles(labPaths({ XDG_CACHE_HOME: home }));
});
afterEach(() => {
    rmSync(home, { recursive: true });
});

/** Stands for kubectl: says in which phase each volume is, and remembers what it was told. */
function cluster(phases: Readonly<Record<string, string>>) {
    const calls: unknown[] = [];
    const items = Object.entries(phases).map(([name, phase]) => ({
        metadata: { name },
        status: { phase },
    }));
    const kubectl = {
        run: (args: readonly string[]) => {
            if (args[0] !== "get") calls.push(args);
            return Promise.resolve({ exitCode: 0, stderr: "", stdout: JSON.stringify({ items }) });
        },
        apply: (objects: readonly object[]) => {
            calls.push(objects);
            return Promise.resolve();
        },
    };
    return { kubectl: kubectl as unknown as Kubectl, calls };
}

it("are of the default storage class, wait for their pod, and lie below the cluster's folder", () => {
    const [storageClass, ...volumes] = volumeObjects(files) as {
        metadata: { name: string };
        spec: { local: { path: string }; storageClassName: string };
    }[];
    expect(storageClass).toEqual({
        apiVersion: "storage.k8s.io/v1",
        kind: "StorageClass",
        metadata: {
            name: "local",
            annotations: { "storageclass.kubernetes.io/is-default-class": "true" },
        },
        provisioner: "kubernetes.io/no-provisioner",
        volumeBindingMode: "WaitForFirstConsumer",
    });
    expect(volumes.map(({ metadata, spec }) => [metadata.name, spec.local.path])).toEqual(
        [1, 2, 3, 4].map((number) => [
            `volume-${number}`,
            path.join(files.root, "volumes", `volume-${number}`),
        ]),
    );
    expect(new Set(volumes.map(({ spec }) => spec.storageClassName))).toEqual(new Set(["local"]));
});

it("are made where there are none", async () => {
    const { kubectl, calls } = cluster({});
    await renewVolumes(files, kubectl);
    expect(existsSync(path.join(files.volumes, "volume-4"))).toBe(true);
    expect(calls).toEqual([volumeObjects(files)]);
});

it("are emptied and offered again once their claim is gone, and then alone", async () => {
    const left = (name: string) => path.join(files.volumes, name, "left");
    for (const name of ["volume-1", "volume-2", "volume-3"]) {
        mkdirSync(path.dirname(left(name)), { recursive: true });
        writeFileSync(left(name), "");
    }
    const { kubectl, calls } = cluster({
        "volume-1": "Bound",
        "volume-2": "Released",
        "volume-3": "Available",
    });
    await renewVolumes(files, kubectl);
    expect(calls).toEqual([["delete", "persistentvolume", "volume-2"], volumeObjects(files)]);
    expect(["volume-1", "volume-2", "volume-3"].map((name) => existsSync(left(name)))).toEqual([
        true,
        false,
        true,
    ]);
    expect(existsSync(path.join(files.volumes, "volume-2"))).toBe(true);
});
