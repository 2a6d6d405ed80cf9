import { isNginxName } from "../facts/nginxText";
import { configTexts } from "../facts/texts";
import type { Check, Rule, Subject, Violation } from "../rule";
import { tryRead, UnknownValue } from "../unknownValue";

/** A trust bundle is made of certificates, which are outputs in the first preview, and configures nothing. */
const holdsCertificates = /\.(crt|cer|pem|crl)$/i;

/** Keys that say whose configuration they are: the rules on that program refuse what preview does not know. */
const isJudgedElsewhere = (key: string): boolean => isNginxName(key);

/** Kubernetes' own types of Secret have fixed keys, none of which configures a program. */
const typedSecret = /^(bootstrap\.)?kubernetes\.io\//;

function unknownTexts(subject: Subject): Violation[] {
    if (subject.kind !== "ConfigMap") return [];
    return configTexts(subject)
        .filter(({ key }) => !holdsCertificates.test(key) && !isJudgedElsewhere(key))
        .filter(({ read }) => tryRead(read) instanceof UnknownValue)
        .map(({ at }) => ({
            at,
            got: "a text that preview does not know",
            wanted: "a plain text: render it from plain values, so that preview can tell what it configures",
        }));
}

/** Reads what a Secret holds; what preview does not know is undecided, one check a field. */
const unknownSecret =
    (field: string): Check =>
    (subject) => {
        if (subject.kind !== "Secret" || typedSecret.test(typeOf(subject))) return [];
        for (const { key, at, read } of configTexts(subject)) {
            if (at.startsWith(field) && !isJudgedElsewhere(key)) read();
        }
        return [];
    };

function typeOf({ properties }: Subject): string {
    const type = tryRead(() => properties.type);
    return typeof type === "string" ? type : "";
}

/** The adapters unwrap a list whose items are known. One that is left could hold anything. */
function unknownItems({ kind, properties }: Subject): Violation[] {
    if (!kind.endsWith("List") || !("items" in properties)) return [];
    const { items } = properties;
    if (Array.isArray(items)) Array.from(items as unknown[]);
    return [];
}

export const configRequireKnownText: Rule = {
    name: "config-require-known-text",
    severity: "high",
    why: "A text that preview does not know may be any program's configuration, and no other rule can judge it before it is created.",
    fix: "Render the text from plain values: give names instead of reading them from outputs. What is secret belongs in a Secret.",
    checks: [unknownTexts, unknownSecret("data"), unknownSecret("stringData"), unknownItems],
};
