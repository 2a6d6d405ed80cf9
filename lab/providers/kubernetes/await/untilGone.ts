import { setTimeout as sleep } from "node:timers/promises";
import type { Cluster, Session } from "../cluster";
import { NoKindError } from "../errors";
import { describe, type GroupVersionKind, type ObjectName } from "../identity";
import { listAt, textAt, type KubeObject } from "../json";
import { saying } from "./verdict";

const pollMilliseconds = 300;

/** Waits until an object that was deleted is gone, or another one bears its name. Throws with what holds it. */
export async function untilGone(
    kind: GroupVersionKind,
    name: ObjectName,
    {
        cluster,
        session,
        timeoutSeconds,
    }: { cluster: Cluster; session: Session; timeoutSeconds: number },
): Promise<void> {
    const deadline = Date.now() + timeoutSeconds * 1000;
    for (;;) {
        const now = await look(cluster, kind, name, session);
        // One that nobody has deleted is a new one under the old name.
        if (!now || textAt(now, "metadata", "deletionTimestamp") === "") return;
        const why = holdersOf(now);
        session.status(`deleting: ${why}`);
        if (Date.now() > deadline) {
            throw new Error(`${describe(now)} is still there after ${timeoutSeconds} s: ${why}`);
        }
        await sleep(pollMilliseconds, undefined, { signal: session.signal });
    }
}

async function look(
    cluster: Cluster,
    kind: GroupVersionKind,
    name: ObjectName,
    session: Session,
): Promise<KubeObject | undefined> {
    try {
        return await cluster.get(kind, name, session);
    } catch (error) {
        // With its CustomResourceDefinition go all objects of a kind.
        if (error instanceof NoKindError) return undefined;
        throw error;
    }
}

function holdersOf(object: KubeObject): string {
    const finalizers = listAt(object, "metadata", "finalizers").map(String);
    const conditions = listAt(object, "status", "conditions")
        .filter((condition) => textAt(condition, "status") === "True")
        .map(saying);
    const held = finalizers.length > 0 ? [`finalizers ${finalizers.join(", ")}`] : [];
    const said = textAt(object, "kind") === "Namespace" ? conditions : [];
    return [...held, ...said].join("; ") || "it is being terminated";
}
