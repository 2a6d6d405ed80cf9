import { setTimeout as sleep } from "node:timers/promises";
import { annotation, annotations, isSet } from "../annotations";
import type { Cluster, Session } from "../cluster";
import { describe, kindOf, nameOf } from "../identity";
import type { KubeObject } from "../json";
import { conditionOfKind } from "./kinds";
import type { Condition, View } from "./verdict";
import { parseWaitFor } from "./waitFor";
import { explain } from "./why";

/** The object is there, and did not become ready. */
export class NotReadyError extends Error {
    constructor(
        /** As it was seen last. */
        public readonly live: KubeObject,
        public readonly reasons: readonly string[],
    ) {
        super(reasons.join("\n"));
    }
}

const pollMilliseconds = 500;

/**
 * Waits until an object that was just applied is ready, and gives it as it is then. `pulumi.com/skipAwait` and
 * `pulumi.com/waitFor` take the place of what readiness means for its kind. Throws `NotReadyError` with what the cluster says about it.
 */
export async function untilReady(
    applied: KubeObject,
    {
        cluster,
        session,
        timeoutSeconds,
    }: { cluster: Cluster; session: Session; timeoutSeconds: number },
): Promise<KubeObject> {
    const condition = wanted(applied);
    if (!condition) return applied;
    const view = viewOf(cluster, session);
    const deadline = Date.now() + timeoutSeconds * 1000;
    for (let live = applied; ; live = await lookAgain(live, view)) {
        const verdict = await guarded(live, () => condition(live, view));
        if (verdict.is === "ready") return live;
        session.status(verdict.why);
        const late = Date.now() > deadline;
        if (verdict.is === "failed" || late) {
            const limit = verdict.is === "failed" ? "" : ` after ${timeoutSeconds} s`;
            const first = `${describe(live)} is not ready${limit}: ${verdict.why}`;
            throw new NotReadyError(live, [first, ...(await explain(live, view))]);
        }
        await guarded(live, () => sleep(pollMilliseconds, undefined, { signal: session.signal }));
    }
}

function wanted(object: KubeObject): Condition | undefined {
    if (isSet(object, annotations.skipAwait)) return undefined;
    const expression = annotation(object, annotations.waitFor);
    return expression === "" ? conditionOfKind(object) : parseWaitFor(expression);
}

function viewOf(cluster: Cluster, session: Session): View {
    return {
        get: (kind, name) => cluster.get(kind, name, session),
        list: (kind, namespace, query) => cluster.list(kind, namespace, query, session),
    };
}

async function lookAgain(live: KubeObject, view: View): Promise<KubeObject> {
    const now = await guarded(live, () => view.get(kindOf(live), nameOf(live)));
    if (now) return now;
    throw new NotReadyError(live, [`${describe(live)} was deleted while it was waited for`]);
}

/** Whatever goes wrong, the object exists: the engine must hear of it. */
async function guarded<T>(live: KubeObject, work: () => T | Promise<T>): Promise<T> {
    try {
        return await work();
    } catch (error) {
        const reason = error instanceof Error ? error.message : String(error);
        throw new NotReadyError(live, [
            `${describe(live)} was made, and its readiness is not known: ${reason}`,
        ]);
    }
}
