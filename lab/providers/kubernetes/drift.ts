import { Secret, isList, isObject, type Properties, type Value } from "../value";
import { sameValue } from "../compare";

/**
 * The inputs as they would have to be to give what the cluster has now: where the server's value at an input's place is still what
 * it was after the last deployment, the input stands, in the program's own spelling (`1000m` where the server says `1`); where it
 * has changed, the server's value does. Fields that were no inputs are no drift: somebody else owns them.
 */
export function driftedInputs(inputs: Properties, before: Properties, now: Properties): Properties {
    return driftedMap(inputs, withTexts(before), withTexts(now));
}

/** A Secret's `stringData` is never sent back: its texts are read out of `data`, for the inputs that were given as such. */
function withTexts(object: Properties): Properties {
    const data = unwrapped(object["data"]);
    if (object["kind"] !== "Secret" || data === undefined || !isObject(data)) return object;
    const texts = Object.entries(data).flatMap(([name, value]) => {
        const encoded = unwrapped(value);
        if (typeof encoded !== "string") return [];
        return [[name, Buffer.from(encoded, "base64").toString("utf8")] as const];
    });
    return { ...object, stringData: Object.fromEntries(texts) };
}

function driftedMap(inputs: Properties, before: Properties, now: Properties): Properties {
    return Object.fromEntries(
        Object.entries(inputs).flatMap(([name, input]) => {
            const drifted = driftOf(input, before[name], now[name]);
            return drifted === undefined ? [] : [[name, drifted]];
        }),
    );
}

/** Undefined where the field has gone. */
function driftOf(
    input: Value,
    before: Value | undefined,
    now: Value | undefined,
): Value | undefined {
    if (sameValue(before ?? null, now ?? null)) return input;
    if (now === undefined) return undefined;
    if (input instanceof Secret) {
        const drifted = driftOf(input.value, unwrapped(before), unwrapped(now));
        return drifted === undefined ? undefined : new Secret(drifted);
    }
    if (isObject(input) && isObject(now)) {
        return driftedMap(input, before !== undefined && isObject(before) ? before : {}, now);
    }
    if (isList(input) && isList(now)) {
        return driftedList(input, before !== undefined && isList(before) ? before : [], now);
    }
    return now;
}

function unwrapped(value: Value | undefined): Value | undefined {
    return value instanceof Secret ? value.value : value;
}

/** Items are the same ones where they bear the same key; others may add items of their own to such a list. */
function driftedList(
    input: readonly Value[],
    before: readonly Value[],
    now: readonly Value[],
): readonly Value[] {
    const key = keyOf(input);
    if (key === undefined) {
        if (input.length !== now.length) return now;
        return input.map((item, index) => driftOf(item, before[index], now[index]) ?? null);
    }
    const find = (items: readonly Value[], item: Value) =>
        items.find(
            (other) =>
                isObject(other) &&
                isObject(item) &&
                sameValue(other[key] ?? null, item[key] ?? null),
        );
    return input.flatMap((item) => {
        const drifted = driftOf(item, find(before, item), find(now, item));
        return drifted === undefined ? [] : [drifted];
    });
}

/** The field by which Kubernetes merges such a list. */
function keyOf(items: readonly Value[]): string | undefined {
    return mergeKeys.find(
        (key) => items.length > 0 && items.every((item) => isObject(item) && key in item),
    );
}

const mergeKeys = ["name", "mountPath", "containerPort", "port", "ip", "topologyKey", "uid"];
