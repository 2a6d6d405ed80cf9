import type { Plain } from "../value";

/** An object of the Kubernetes API as it stands in JSON. Its kind decides what is in it, so it is read by path. */
export type KubeObject = { readonly [field: string]: Plain };

/** The value at a path; undefined where any step is missing. */
export function at(root: Plain | undefined, ...path: readonly string[]): Plain | undefined {
    return path.reduce<Plain | undefined>(
        (value, step) => (isMap(value) ? value[step] : undefined),
        root,
    );
}

/** The text at a path, empty where there is none. */
export function textAt(root: Plain | undefined, ...path: readonly string[]): string {
    const value = at(root, ...path);
    return typeof value === "string" ? value : "";
}

/** The number at a path; `fallback` is what Kubernetes takes where the field is absent. */
export function numberAt(
    root: Plain | undefined,
    fallback: number,
    ...path: readonly string[]
): number {
    const value = at(root, ...path);
    return typeof value === "number" ? value : fallback;
}

export function listAt(root: Plain | undefined, ...path: readonly string[]): readonly Plain[] {
    const value = at(root, ...path);
    return isArray(value) ? value : [];
}

export function mapAt(root: Plain | undefined, ...path: readonly string[]): KubeObject {
    const value = at(root, ...path);
    return isMap(value) ? value : {};
}

export function isMap(value: Plain | undefined): value is KubeObject {
    return typeof value === "object" && value !== null && !isArray(value);
}

/** `Array.isArray` does not narrow a readonly array. */
export function isArray(value: Plain | undefined): value is readonly Plain[] {
    return Array.isArray(value);
}

/** A map of labels as a selector in a query has it: `app=gateway,tier=edge`. */
export function selectorOf(labels: KubeObject): string {
    return Object.entries(labels)
        .map(([label, value]) => `${label}=${typeof value === "string" ? value : ""}`)
        .join(",");
}

/** The object with another value at a path; missing steps are made. */
export function withAt(root: KubeObject, path: readonly string[], value: Plain): KubeObject {
    const [step, ...rest] = path;
    if (step === undefined) return root;
    if (rest.length === 0) return { ...root, [step]: value };
    return { ...root, [step]: withAt(mapAt(root, step), rest, value) };
}

/** The object without what stands at a path. */
export function withoutAt(root: KubeObject, ...path: readonly string[]): KubeObject {
    const [step, ...rest] = path;
    if (step === undefined || !(step in root)) return root;
    if (rest.length > 0) {
        const inner = root[step];
        return isMap(inner) ? { ...root, [step]: withoutAt(inner, ...rest) } : root;
    }
    return Object.fromEntries(Object.entries(root).filter(([name]) => name !== step));
}

/** Whether two JSON values are the same, whatever the order of their fields. */
export function sameJson(left: Plain | undefined, right: Plain | undefined): boolean {
    if (isArray(left)) {
        return (
            isArray(right) &&
            left.length === right.length &&
            left.every((item, index) => sameJson(item, right[index]))
        );
    }
    if (!isMap(left) || !isMap(right)) return left === right;
    const names = new Set([...Object.keys(left), ...Object.keys(right)]);
    return [...names].every((name) => sameJson(left[name], right[name]));
}
