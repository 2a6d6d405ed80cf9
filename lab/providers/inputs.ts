import type { Input, Inputs } from "./logical";
import { PropertyError } from "./resource";
import type { Plain } from "./value";

type Check = Input["check"];

export const text: Check = (value) =>
    typeof value === "string" && value !== "" ? undefined : "it is a text that is not empty";

export const flag: Check = (value) =>
    typeof value === "boolean" ? undefined : "it is true or false";

export const oneOf =
    (...allowed: readonly string[]): Check =>
    (value) =>
        typeof value === "string" && allowed.includes(value)
            ? undefined
            : `it is one of ${allowed.join(", ")}`;

export const integer =
    (least: number): Check =>
    (value) =>
        Number.isInteger(value) && Number(value) >= least
            ? undefined
            : `it is a whole number of at least ${least}`;

/** A list, each item of which passes a check. */
export const listOf =
    (item: Check): Check =>
    (value) => {
        if (!Array.isArray(value)) return "it is a list";
        const wrong = (value as Plain[]).map(item).find((reason) => reason !== undefined);
        return wrong === undefined ? undefined : `of each item, ${wrong}`;
    };

/** An object with no other than the named properties, each of which passes its check where it is there. */
export const objectOf =
    (properties: Readonly<Record<string, Check>>): Check =>
    (value) => {
        if (value === null || typeof value !== "object" || Array.isArray(value))
            return "it is an object";
        for (const [name, inner] of Object.entries(value)) {
            const check = properties[name];
            if (!check)
                return `it has no ${name}, but ${Object.keys(properties).sort().join(", ")}`;
            const wrong = inner === null ? undefined : check(inner);
            if (wrong !== undefined) return `of ${name}, ${wrong}`;
        }
        return undefined;
    };

/** Texts by name, as `keepers` are. */
export const texts: Check = (value) => {
    const wanted = "it is an object of texts";
    if (value === null || typeof value !== "object" || Array.isArray(value)) return wanted;
    return Object.values(value).every((inner) => typeof inner === "string") ? undefined : wanted;
};

/** The text that `text` has checked. */
export function textOf(inputs: Inputs, name: string): string {
    const value = inputs[name];
    if (typeof value !== "string") throw new PropertyError(name, "is no text");
    return value;
}

/** The number that `integer` has checked. */
export function integerOf(inputs: Inputs, name: string): number {
    const value = inputs[name];
    if (typeof value !== "number") throw new PropertyError(name, "is no number");
    return value;
}
