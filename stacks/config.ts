import type { z } from "zod";
import { unknownKey } from "./fields";
import { withoutPrivateKeys } from "./jwk";
import { configSchema, type Config } from "./schema";
import { shown } from "./shown";

/** What the engine hands over: values as texts, objects and lists as JSON. */
export interface RawConfig {
    /** By full key, `encryption-in-transit:domain`. */
    readonly values: Readonly<Record<string, string>>;
    /** Full keys of the values that were encrypted in the stack's file. */
    readonly secretKeys: readonly string[];
}

/** What is right, and one line for each thing that is not: `config` is whole where there is no error. */
export interface ReadConfig {
    readonly config: Partial<Config>;
    readonly errors: readonly string[];
}

/** Reads the keys of one project, each for itself, so that one run shows everything that is wrong with any of them. */
export function readConfig(project: string, { values, secretKeys }: RawConfig): ReadConfig {
    const prefix = `${project}:`;
    const given = new Map(
        Object.entries(values)
            .filter(([key]) => key.startsWith(prefix))
            .map(([key, value]) => [key.slice(prefix.length), parsed(value)]),
    );
    const isSecret = (key: string) => secretKeys.includes(prefix + key);
    const known = Object.keys(configSchema);
    const errors = [...given.keys()]
        .filter((key) => !known.includes(key))
        .map(
            (key) =>
                `[${key}] is ${isSecret(key) ? "<secret>" : shown(withoutPrivateKeys(given.get(key)))}; ${unknownKey(known)}`,
        );
    const config: Record<string, unknown> = {};
    for (const [key, schema] of Object.entries(configSchema)) {
        const result = schema.safeParse(given.get(key));
        if (isSecret(key)) errors.push(`[${key}] is <secret>; ${mustBePlain}`);
        else if (result.success) config[key] = result.data;
        else errors.push(...lines(key, withoutPrivateKeys(given.get(key)), result.error.issues));
    }
    return { config, errors };
}

/** Errors, outputs and objects repeat every setting: a secret one would come out with them. */
const mustBePlain =
    "allowed a plain value, since outputs and previews show it; set it again without --secret";

/** The engine writes objects and lists as JSON, texts as they are. */
function parsed(value: string): unknown {
    if (!/^\s*[[{]/.test(value)) return value;
    try {
        return JSON.parse(value);
    } catch {
        return value;
    }
}

/** One line a place: a value that is wrong in two ways is wrong once. */
function lines(
    key: string,
    value: unknown,
    issues: readonly z.core.$ZodIssue[],
): readonly string[] {
    const byPlace = new Map<string, string>();
    for (const { path, message, ...issue } of issues) {
        const places = issue.code === "unrecognized_keys" ? issue.keys : [undefined];
        for (const name of places) {
            const inside = [...path, ...(name === undefined ? [] : [name])];
            const place = [key, ...inside].join(".");
            if (byPlace.has(place)) continue;
            byPlace.set(place, `[${place}] is ${shown(valueAt(value, inside))}; ${message}`);
        }
    }
    return [...byPlace.values()];
}

function valueAt(value: unknown, path: readonly PropertyKey[]): unknown {
    return path.reduce<unknown>(
        (inside, key) =>
            typeof inside === "object" && inside !== null
                ? (Reflect.get(inside, key) as unknown)
                : undefined,
        value,
    );
}

/** Whether every key has been read. */
export const isWhole = (config: Partial<Config>): config is Config =>
    Object.keys(configSchema).every((key) => key in config);
