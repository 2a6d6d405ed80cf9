import { existsSync, readFileSync, rmSync } from "node:fs";
import path from "node:path";
import type { LabPaths } from "../cache";
import { writeAtomically } from "../host/files";
import { imageId, writeArchive, type Image } from "../images/archive";
import { importArchive } from "../images/store";
import type { ClusterFiles } from "./files";
import type { Kubectl } from "./kubectl";
import { insideCommand } from "./namespaces";
import { CONTAINERD_SOCKET } from "./nodeConfig";

/** Image identities by reference, as the running cluster has them. */
type Identities = Readonly<Record<string, string>>;

function identitiesOf(images: readonly Image[]): Identities {
    return Object.fromEntries(images.map((image) => [image.reference, imageId(image)]));
}

function recordOf(files: ClusterFiles): string {
    return path.join(files.root, "images.json");
}

/** Writes down which images the cluster's store holds. */
export function rememberImages(files: ClusterFiles, images: readonly Image[]): void {
    writeAtomically(recordOf(files), `${JSON.stringify(identitiesOf(images), null, 2)}\n`);
}

/**
 * Imports the images that were built anew since the cluster has them, and restarts the workloads that use them: a tag that stays the
 * same does not tell a pod that it is old.
 *
 * @returns references of what was replaced
 */
export async function replaceChangedImages(
    files: ClusterFiles,
    images: readonly Image[],
    kubectl: Kubectl,
    paths: LabPaths,
): Promise<string[]> {
    const known = existsSync(recordOf(files))
        ? (JSON.parse(readFileSync(recordOf(files), "utf8")) as Identities)
        : {};
    const changed = images.filter((image) => known[image.reference] !== imageId(image));
    if (changed.length === 0) return [];
    const archive = path.join(paths.temporary, "changed-images.tar");
    await writeArchive(changed, archive, path.join(paths.temporary, "changed-images"));
    await importArchive(archive, [...insideCommand(files), "ctr", "-a", CONTAINERD_SOCKET]);
    rmSync(archive);
    const references = changed.map((image) => image.reference);
    await restartUsers(references, kubectl);
    rememberImages(files, images);
    return references;
}

interface WorkloadList {
    readonly items: readonly {
        readonly kind: string;
        readonly metadata: { readonly namespace: string; readonly name: string };
        readonly spec: {
            readonly template: {
                readonly spec: { readonly containers: readonly { readonly image: string }[] };
            };
        };
    }[];
}

async function restartUsers(references: readonly string[], kubectl: Kubectl): Promise<void> {
    const kinds = "deployments,statefulsets";
    const { stdout } = await kubectl.run(["get", kinds, "--all-namespaces", "-o", "json"]);
    const { items } = JSON.parse(stdout) as WorkloadList;
    const users = items.filter(({ spec }) =>
        spec.template.spec.containers.some(({ image }) => references.includes(image)),
    );
    for (const { kind, metadata } of users) {
        const workload = [`${kind.toLowerCase()}/${metadata.name}`, "-n", metadata.namespace];
        await kubectl.run(["rollout", "restart", ...workload]);
        await kubectl.run(["rollout", "status", ...workload, "--timeout=120s"]);
    }
}
