import { textAt, type KubeObject } from "../json";
import { failed, ready, waiting, type Verdict, type View } from "./verdict";

/** Bound; or pending where the storage class waits for a pod, which may be made after it. */
export async function persistentVolumeClaim(object: KubeObject, view: View): Promise<Verdict> {
    const phase = textAt(object, "status", "phase");
    if (phase === "Bound") return ready;
    if (phase === "Lost") return failed("its volume is lost");
    if (phase === "Pending" && (await waitsForConsumer(object, view))) return ready;
    return waiting(`phase ${phase || "unknown"}`);
}

async function waitsForConsumer(object: KubeObject, view: View): Promise<boolean> {
    const name = textAt(object, "spec", "storageClassName");
    if (name === "") return false;
    const kind = { apiVersion: "storage.k8s.io/v1", kind: "StorageClass" };
    const storageClass = await view.get(kind, { namespace: "", name });
    return textAt(storageClass, "volumeBindingMode") === "WaitForFirstConsumer";
}

export function persistentVolume(object: KubeObject): Verdict {
    const phase = textAt(object, "status", "phase");
    if (phase === "Available" || phase === "Bound") return ready;
    if (phase === "Failed") return failed(textAt(object, "status", "message"));
    return waiting(`phase ${phase || "unknown"}`);
}
