import { judgeStack, judgeSubject, type Finding } from "../../policies/judge";
import type { Rule, Subject, Violation } from "../../policies/rule";
import { readSettings, ruleContext } from "../../policies/settings";

interface Config {
    readonly pack?: Readonly<Record<string, unknown>>;
    readonly rule?: Readonly<Record<string, unknown>>;
}

const contextOf = (rule: Rule, { pack = {}, rule: options = {} }: Config) =>
    ruleContext(rule, readSettings({ environment: "lab", ...pack }).settings, options);

const violationOf = ({ violation }: Finding): Violation => violation;

/** What a rule has against a subject by itself. */
export const judge = (rule: Rule, subject: Subject, config: Config = {}): Violation[] =>
    judgeSubject(rule, subject, contextOf(rule, config)).map(violationOf);

/** What a rule has against a stack beyond its single subjects. */
export const judgeTogether = (
    rule: Rule,
    stack: readonly Subject[],
    config: Config = {},
): Violation[] => judgeStack(rule, stack, contextOf(rule, config)).map(violationOf);

export const subject = (given: Partial<Subject>): Subject => ({
    group: "",
    version: "v1",
    kind: "ConfigMap",
    namespace: "llm-platform",
    name: "gateway",
    properties: {},
    partial: false,
    ...given,
});

export const configMap = (data: Readonly<Record<string, string>>, name = "gateway"): Subject =>
    subject({ name, properties: { data } });

/** A workload of that kind whose pods run one container. */
export const workload = (
    container: Readonly<Record<string, unknown>>,
    volumes: readonly unknown[] = [],
    more: Partial<Subject> = {},
): Subject =>
    subject({
        group: "apps",
        kind: "Deployment",
        properties: {
            spec: { template: { spec: { containers: [{ name: "main", ...container }], volumes } } },
        },
        ...more,
    });
