import { isObject } from "../kubernetesObject";
import type { Subject } from "../rule";
import { tryRead, UnknownValue } from "../unknownValue";
import { perSubject } from "./perSubject";

/** One text that a ConfigMap or a Secret holds. */
export interface ConfigText {
    readonly key: string;
    /** Place of the text, for example `data["nginx.conf"]`. */
    readonly at: string;
    /** Throws `UnknownValue` where preview does not know the text. */
    readonly read: () => string;
}

const fields = ["data", "stringData", "binaryData"] as const;

export const holdsTexts = ({ group, kind }: Subject): boolean =>
    group === "" && (kind === "ConfigMap" || kind === "Secret");

/**
 * Every text of a ConfigMap or a Secret; nothing for any other kind. Where preview does not even know the keys, one text without a key
 * stands for all of them.
 */
export const configTexts = perSubject((subject): ConfigText[] =>
    holdsTexts(subject) ? fields.flatMap((field) => textsOf(subject, field)) : [],
);

function textsOf({ properties }: Subject, field: string): ConfigText[] {
    const texts = tryRead(() => properties[field]);
    if (texts instanceof UnknownValue) {
        return [{ key: "", at: field, read: () => String(properties[field]) }];
    }
    if (!isObject(texts)) return [];
    return Object.keys(texts)
        .filter((key) => isText(texts, key))
        .map((key) => ({
            key,
            at: `${field}[${JSON.stringify(key)}]`,
            read: () => String(texts[key]),
        }));
}

function isText(texts: Readonly<Record<string, unknown>>, key: string): boolean {
    const value = tryRead(() => texts[key]);
    return typeof value === "string" || value instanceof UnknownValue;
}
