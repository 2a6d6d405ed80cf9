import type { KubeObject } from "../json";
import { asText, compileJsonPath } from "./jsonPath";
import { ready, statusOf, waiting, type Condition, type Verdict } from "./verdict";

/**
 * Reads the annotation `pulumi.com/waitFor`: `condition=Type`, `condition=Type=Status`, `jsonpath={path}` (the path gives
 * something), `jsonpath={path}=value`, or a JSON list of these, all of which must hold. Throws where it is none of them.
 */
export function parseWaitFor(text: string): Condition {
    const conditions = expressionsIn(text).map(parseExpression);
    if (conditions.length === 0) throw new Error("at least one condition must be given");
    return (object) =>
        conditions.map((judge) => judge(object)).find(({ is }) => is !== "ready") ?? ready;
}

function expressionsIn(text: string): string[] {
    if (!text.trimStart().startsWith("[")) return [text];
    let list: unknown;
    try {
        list = JSON.parse(text);
    } catch {
        throw new Error(`${text} is no JSON list of conditions`);
    }
    if (!Array.isArray(list) || !list.every((item): item is string => typeof item === "string")) {
        throw new Error(`${text} is no JSON list of strings`);
    }
    return list;
}

function parseExpression(text: string): (object: KubeObject) => Verdict {
    if (text.startsWith("condition=")) return parseCondition(text.slice("condition=".length), text);
    if (text.startsWith("jsonpath=")) return parseJsonPath(text.slice("jsonpath=".length), text);
    throw new Error(`"${text}" begins neither with condition= nor with jsonpath=`);
}

function parseCondition(body: string, text: string): (object: KubeObject) => Verdict {
    const [type = "", wanted = "True", ...more] = body.split("=");
    if (type === "" || wanted === "" || more.length > 0) {
        throw new Error(`"${text}" is not of the form condition=Type or condition=Type=Status`);
    }
    return (object) => {
        const status = statusOf(object, type);
        if (status.toLowerCase() === wanted.toLowerCase()) return ready;
        return waiting(`condition ${type} is ${status || "absent"}, not ${wanted}`);
    };
}

/** Up to the end of the path, which may hold an equals sign of its own; then the value, if any. */
const pathAndValue = /^(\{.*?\}|[^{}=]+)(?:=(.*))?$/s;

function parseJsonPath(body: string, text: string): (object: KubeObject) => Verdict {
    const [, path, value] = pathAndValue.exec(body) ?? [];
    if (path === undefined || value === "") {
        throw new Error(`"${text}" is not of the form jsonpath={path} or jsonpath={path}=value`);
    }
    const find = compileJsonPath(path);
    const wanted = value?.replace(/^(["'])(.*)\1$/s, "$2");
    return (object) => {
        const found = find(object).map(asText);
        if (wanted === undefined ? found.length > 0 : found.includes(wanted)) return ready;
        const seen = found.length > 0 ? found.join(", ") : "nothing";
        return waiting(`${path} is ${seen}${wanted === undefined ? "" : `, not ${wanted}`}`);
    };
}
