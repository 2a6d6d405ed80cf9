import { configRequireKnownText } from "../../policies/rules/configRequireKnownText";
import { judgeSubject } from "../../policies/judge";
import { pulumiSubjects } from "../../policies/pulumiSubject";
import { readSettings, ruleContext } from "../../policies/settings";
import { previewed, unknown } from "./runtime";

const context = ruleContext(configRequireKnownText, readSettings({}).settings, {});

function judged(kind: string, props: Readonly<Record<string, unknown>>): string[] {
    const resource = {
        type: `kubernetes:core/v1:${kind}`,
        name: "x",
        props: previewed(props),
    };
    return pulumiSubjects(resource)
        .flatMap((subject) => judgeSubject(configRequireKnownText, subject, context))
        .map(({ outcome, violation: { at } }) => `${outcome} ${at}`);
}

it.each([
    ["a ConfigMap whose texts are known", "ConfigMap", { data: { "nginx.conf": "" } }],
    [
        "a trust bundle, whose certificates are outputs",
        "ConfigMap",
        { data: { "ca.crt": unknown, "b.pem": unknown } },
    ],
    ["a Secret whose data is known", "Secret", { data: { a: "eA==" }, stringData: { b: "x" } }],
    [
        "a Secret of a type with fixed keys",
        "Secret",
        { type: "kubernetes.io/tls", data: { "tls.key": unknown } },
    ],
    [
        "a text that says whose it is, and is judged there",
        "ConfigMap",
        { data: { "nginx.conf": unknown } },
    ],
    ["an object without data", "ConfigMap", { data: null }],
    ["another kind", "Service", { data: unknown }],
])("accepts %s", (_case, kind, props) => {
    expect(judged(kind, props)).toEqual([]);
});

it.each([
    ["a text", "ConfigMap", { data: { "app.ini": unknown, b: "x" } }, 'violation data["app.ini"]'],
    ["binary data", "ConfigMap", { binaryData: { x: unknown } }, 'violation binaryData["x"]'],
    ["all of the data", "ConfigMap", { data: unknown }, "violation data"],
    ["the items of a list", "ConfigMapList", { items: unknown }, "violation items"],
    [
        "one item of a list",
        "ConfigMapList",
        { items: [{ data: {} }, unknown] },
        "violation items[1]",
    ],
    [
        "a Secret's text",
        "Secret",
        { stringData: { "app.conf": unknown } },
        'undecided stringData["app.conf"]',
    ],
    ["a Secret's data as a whole", "Secret", { data: unknown }, "undecided data"],
    [
        "a text in a list",
        "ConfigMapList",
        { items: [{ data: { a: unknown } }] },
        'violation data["a"]',
    ],
])("does not pass %s that preview does not know", (_case, kind, props, found) => {
    expect(judged(kind, props)).toEqual([found]);
});
