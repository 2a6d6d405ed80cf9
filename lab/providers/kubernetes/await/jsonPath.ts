import { isArray, isMap } from "../json";
import type { Plain } from "../../value";

type Step =
    | { readonly is: "field"; readonly name: string }
    | { readonly is: "index"; readonly index: number }
    | { readonly is: "all" }
    | { readonly is: "filter"; readonly path: readonly Step[]; readonly value: string };

/** A compiled path; gives every value that it finds. */
export type JsonPath = (root: Plain) => Plain[];

/**
 * Compiles the part of kubectl's JSONPath that conditions are written in: `{.a.b}`, `.a['b.c']`, `.a\.b`, `[0]`, `[-1]`, `[*]`,
 * `[?(@.type=="Ready")]`. Throws for anything else, so that a condition is never taken for another one.
 *
 * @see https://kubernetes.io/docs/reference/kubectl/jsonpath/
 */
export function compileJsonPath(source: string): JsonPath {
    const body = source.replace(/^\{(.*)\}$/, "$1");
    const steps = parse(body.replace(/^\$/, ""), source);
    if (steps.length === 0)
        throw new Error(`JSONPath ${source} names nothing; write {.status.phase}`);
    return (root) => walk([root], steps);
}

const field = /^\.?((?:\\.|[^.[\]{}()@?*'"\\\s=])+)/;
const quoted = /^\['((?:[^'\\]|\\.)*)'\]|^\["((?:[^"\\]|\\.)*)"\]/;
const index = /^\[(-?\d+)\]/;
const all = /^(?:\[\*\]|\.\*)/;
const filter = /^\[\?\(@((?:\.[\w-]+)+)\s*==\s*(?:"([^"]*)"|'([^']*)'|([\w.-]+))\)\]/;

function parse(text: string, source: string): Step[] {
    const steps: Step[] = [];
    for (let rest = text; rest !== "" && rest !== ".";) {
        const [step, length] = next(rest) ?? fail(source, rest);
        steps.push(step);
        rest = rest.slice(length);
    }
    return steps;
}

function fail(source: string, rest: string): never {
    throw new Error(`JSONPath ${source} is not supported from "${rest}" on`);
}

function next(text: string): [Step, number] | undefined {
    const star = all.exec(text);
    if (star) return [{ is: "all" }, star[0].length];
    const inQuotes = quoted.exec(text);
    if (inQuotes) {
        const name = inQuotes[1] ?? inQuotes[2] ?? "";
        return [{ is: "field", name: name.replace(/\\(.)/g, "$1") }, inQuotes[0].length];
    }
    const number = index.exec(text);
    if (number) return [{ is: "index", index: Number(number[1]) }, number[0].length];
    const chosen = filter.exec(text);
    if (chosen) {
        const path = parse(chosen[1] ?? "", text);
        return [
            { is: "filter", path, value: chosen[2] ?? chosen[3] ?? chosen[4] ?? "" },
            chosen[0].length,
        ];
    }
    const plain = field.exec(text);
    if (!plain) return undefined;
    return [{ is: "field", name: (plain[1] ?? "").replace(/\\(.)/g, "$1") }, plain[0].length];
}

function walk(values: Plain[], steps: readonly Step[]): Plain[] {
    return steps.reduce((found, step) => found.flatMap((value) => follow(value, step)), values);
}

function follow(value: Plain, step: Step): Plain[] {
    switch (step.is) {
        case "field": {
            const inner = isMap(value) ? value[step.name] : undefined;
            return inner === undefined ? [] : [inner];
        }
        case "index": {
            const inner = isArray(value) ? value.at(step.index) : undefined;
            return inner === undefined ? [] : [inner];
        }
        case "all":
            return isArray(value) ? [...value] : isMap(value) ? Object.values(value) : [];
        case "filter":
            return isArray(value) ? value.filter((item) => matches(item, step)) : [];
    }
}

function matches(item: Plain, { path, value }: Extract<Step, { is: "filter" }>): boolean {
    return walk([item], path).some((found) => asText(found) === value);
}

/** A value as kubectl prints it. */
export function asText(value: Plain): string {
    return typeof value === "object" ? JSON.stringify(value) : String(value);
}
