import { redactSecrets } from "./redact";
import type { Rule, RuleContext, Subject, Violation } from "./rule";
import { UnknownValue } from "./unknownValue";

/** What a rule found in a subject. `undecided` is the data of a Secret that preview does not know; `up` judges it. */
export interface Finding {
    readonly rule: Rule;
    readonly subject: Subject;
    readonly outcome: "violation" | "undecided";
    readonly violation: Violation;
}

/** What the rule finds in the subject by itself. */
export function judgeSubject(rule: Rule, subject: Subject, context: RuleContext): Finding[] {
    return rule.checks.flatMap((check) => judged(rule, subject, () => check(subject, context)));
}

/** What the rule finds in each subject beside the rest of the stack. */
export function judgeStack(rule: Rule, stack: readonly Subject[], context: RuleContext): Finding[] {
    return (rule.stackChecks ?? []).flatMap((check) =>
        stack.flatMap((subject) => judged(rule, subject, () => check(subject, stack, context))),
    );
}

/** Runs one check. What it could not read, for whatever reason, is a finding too: nothing passes unread. */
export function judged(rule: Rule, subject: Subject, run: () => Violation[]): Finding[] {
    try {
        return distinct(run()).map((violation) => ({
            rule,
            subject,
            outcome: "violation",
            violation: redactSecrets(violation, subject),
        }));
    } catch (error) {
        return [{ rule, subject, ...unread(error) }];
    }
}

/** A directive that is effective in a thousand servers is wrong once. */
function distinct(violations: readonly Violation[]): Violation[] {
    const byPlace = new Map(
        violations.map((violation) => [`${violation.at} ${violation.wanted}`, violation] as const),
    );
    return [...byPlace.values()];
}

function unread(error: unknown): Pick<Finding, "outcome" | "violation"> {
    if (error instanceof UnknownValue) {
        return {
            outcome: error.mayWait ? "undecided" : "violation",
            violation: {
                at: error.at,
                got: "a value that preview does not know",
                wanted: "a plain value: render it from plain values, not from outputs",
            },
        };
    }
    // The message of an error may quote what was read, so only its name is told.
    const name = error instanceof Error ? error.name : typeof error;
    return {
        outcome: "violation",
        violation: {
            at: "the object",
            got: `something that the rule cannot read (${name})`,
            wanted: "an object of its kind's schema",
        },
    };
}
