import type { GroupVersionKind, ObjectName } from "../identity";
import { listAt, textAt, type KubeObject } from "../json";
import type { Plain } from "../../value";

/** What an object's state says of its readiness. `why` is a clause that fits behind "is not ready: ". */
export type Verdict =
    | { readonly is: "ready" }
    | { readonly is: "waiting"; readonly why: string }
    /** It will not become ready by waiting. */
    | { readonly is: "failed"; readonly why: string };

export const ready: Verdict = { is: "ready" };
export const waiting = (why: string): Verdict => ({ is: "waiting", why });
export const failed = (why: string): Verdict => ({ is: "failed", why });

/** The rest of the cluster, for a condition that needs more than the object itself. */
export interface View {
    get(kind: GroupVersionKind, name: ObjectName): Promise<KubeObject | undefined>;
    list(
        kind: GroupVersionKind,
        namespace: string,
        query: Readonly<Record<string, string>>,
    ): Promise<readonly KubeObject[]>;
}

/** Judges an object as the API server has it just now. */
export type Condition = (object: KubeObject, view: View) => Verdict | Promise<Verdict>;

/** The entry of `status.conditions` with a type. */
export function conditionOf(object: KubeObject, type: string): Plain | undefined {
    return listAt(object, "status", "conditions").find((entry) => textAt(entry, "type") === type);
}

/** `True`, `False`, `Unknown`, or empty where the condition is not there. */
export const statusOf = (object: KubeObject, type: string): string =>
    textAt(conditionOf(object, type), "status");

/** `MinimumReplicasUnavailable: Deployment does not have minimum availability`. */
export function saying(condition: Plain | undefined): string {
    const [reason, message] = [textAt(condition, "reason"), textAt(condition, "message")];
    return [reason, message].filter((part) => part !== "").join(": ");
}
