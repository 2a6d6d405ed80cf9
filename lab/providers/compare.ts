import type { DiffRequest, DiffResult } from "./resource";
import { containsUnknown, isList, isObject, withoutSecrets, type Value } from "./value";

/** Whether two values are the same; a secret equals its plain value, an unknown equals nothing. */
export function sameValue(left: Value, right: Value): boolean {
    if (containsUnknown(left) || containsUnknown(right)) return false;
    return same(withoutSecrets(left), withoutSecrets(right));
}

function same(left: Value, right: Value): boolean {
    if (isList(left)) {
        return (
            isList(right) &&
            left.length === right.length &&
            left.every((item, index) => same(item, right[index] ?? null))
        );
    }
    if (!isObject(left) || !isObject(right)) return left === right;
    return namesOf(left, right).every((name) => same(left[name] ?? null, right[name] ?? null));
}

function namesOf(left: object, right: object): string[] {
    return [...new Set([...Object.keys(left), ...Object.keys(right)])].sort();
}

/** Top-level inputs that differ. An absent one is the same as null. */
export function changedInputs({
    oldInputs,
    news,
}: Pick<DiffRequest, "oldInputs" | "news">): string[] {
    return namesOf(oldInputs, news).filter(
        (name) => !sameValue(oldInputs[name] ?? null, news[name] ?? null),
    );
}

/** The diff of a kind whose inputs, but for `inPlace`, are fixed at creation. */
export function replaceOnAny(request: DiffRequest, inPlace: readonly string[] = []): DiffResult {
    const changed = changedInputs(request);
    return { changed, replaces: changed.filter((name) => !inPlace.includes(name)) };
}
