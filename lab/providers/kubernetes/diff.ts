import { Unknown, isList, isObject, type Properties, type Value } from "../value";
import type { GroupVersionKind } from "./identity";
import { fixedPaths, isFixed, type Mutability } from "./immutable";
import { bare } from "./state";

export interface Change {
    readonly old: Properties;
    readonly new: Properties;
    readonly kind: GroupVersionKind;
    /** A patch has no object of its own: only another name means another one. */
    readonly isPatch: boolean;
    readonly namespaced: boolean;
    readonly mutable: Mutability;
}

export interface Difference {
    /** Top-level inputs that change. */
    readonly changed: readonly string[];
    /** Paths that cannot change in place, `spec.selector.matchLabels.app`. */
    readonly replaces: readonly string[];
    readonly deleteBeforeReplace: boolean;
}

/** What an update would do, from the inputs of before and now. What the server fills in plays no part. */
export function difference(change: Change): Difference {
    const [before, after] = [change.old, change.new].map((inputs) => comparable(inputs, change));
    const paths = changedPaths(before ?? {}, after ?? {});
    const fixed = change.isPatch
        ? fixedPaths({ apiVersion: "", kind: "" }, change.mutable, false)
        : fixedPaths(change.kind, change.mutable, change.new["immutable"] === true);
    const replaces = paths.filter((path) => isFixed(path, fixed)).map((path) => path.join("."));
    return {
        changed: [...new Set(paths.map(([first = ""]) => first))],
        replaces,
        // The names are given, so the old object stands where the new one is to be, unless the name is what changes.
        deleteBeforeReplace: replaces.length > 0 && !replaces.some((path) => isPlace(path)),
    };
}

const isPlace = (path: string): boolean =>
    path === "metadata.name" || path === "metadata.namespace";

/** Inputs without secret marks, and with the namespace that an object without one gets. */
function comparable(inputs: Properties, { namespaced }: Change): Properties {
    const plain = bare(inputs);
    const metadata = plain["metadata"];
    if (metadata === undefined || !isObject(metadata)) return plain;
    const { namespace, ...rest } = metadata;
    if (!namespaced) return { ...plain, metadata: rest };
    return { ...plain, metadata: { ...rest, namespace: namespace ?? "default" } };
}

/** Paths of everything that differs, down to the leaves; a list that grew or shrank counts as a whole, too. */
export function changedPaths(
    before: Value | undefined,
    after: Value | undefined,
    path: readonly string[] = [],
): (readonly string[])[] {
    if (isBranch(before) || isBranch(after)) {
        const [left, right] = [branchesOf(before), branchesOf(after)];
        if (left && right) {
            const steps = new Set([...Object.keys(left), ...Object.keys(right)]);
            const inner = [...steps].flatMap((step) =>
                changedPaths(left[step], right[step], [...path, step]),
            );
            // An empty object is something where there was nothing: `emptyDir: {}`.
            const appeared = isAbsent(before) !== isAbsent(after);
            return inner.length === 0 && appeared ? [path] : inner;
        }
    }
    if (after instanceof Unknown || before instanceof Unknown) return [path];
    return before === after || (isAbsent(before) && isAbsent(after)) ? [] : [path];
}

const isAbsent = (value: Value | undefined): boolean => value === undefined || value === null;

function isBranch(value: Value | undefined): boolean {
    return value !== undefined && (isList(value) || isObject(value));
}

/** What hangs on a value: fields, or items by their place. Nothing hangs on an absent one; a scalar has no branches at all. */
function branchesOf(value: Value | undefined): Readonly<Record<string, Value>> | undefined {
    if (value === undefined || value === null) return {};
    if (isList(value)) return Object.fromEntries(value.entries());
    return isObject(value) ? value : undefined;
}
