import type {
    Policies,
    PolicyConfigSchema,
    ReportViolation,
    ResourceValidation,
    ResourceValidationArgs,
    ResourceValidationPolicy,
    StackValidation,
    StackValidationArgs,
    StackValidationPolicy,
} from "@pulumi/policy";
import { frameworkOf } from "./controls";
import { ExemptionBook, readExemptions, stackOf } from "./exemptions";
import { judged, type Finding } from "./judge";
import { exemptedMessage, findingMessage } from "./message";
import { pulumiSubjects } from "./pulumiSubject";
import type { Rule, RuleContext, Subject } from "./rule";
import { optionsSchema, readSettings, ruleContext, settingsSchema } from "./settings";

/** Type token of the resource that stands for the stack, which the engine always judges. */
const stackType = "pulumi:pulumi:Stack";

/** What a report may say beside its message. The SDK takes it at run time (`makeReportViolationFun`); its types do not say so. */
type Report = (violation: {
    readonly message: string;
    readonly urn?: string;
    readonly enforcementLevel?: "advisory";
}) => void;

const asReport = (report: ReportViolation): Report => report as unknown as Report;

/** A policy that judges resources one by one and, with the same name, the stack as a whole. */
type RulePolicy = ResourceValidationPolicy & Partial<StackValidationPolicy>;

/**
 * Makes the policies of a pack. The first one reads the settings and the subjects for all others, the last one looks for exemptions that
 * met nothing: the engine runs them in this order for every resource, and then for the stack.
 */
export function packPolicies(rules: readonly Rule[], now: () => Date): Policies {
    const run = new Run(rules, now);
    return [
        settingsPolicy(run),
        ...rules.map((rule) => rulePolicy(rule, run)),
        exemptionPolicy(run),
    ];
}

interface StackSubjects {
    readonly all: readonly Subject[];
    readonly urnOf: ReadonlyMap<Subject, string>;
}

/** What the policies of one run of the engine share. */
class Run {
    private read = readSettings({});
    private book = new ExemptionBook([]);
    private exemptionProblems: readonly string[] = [];
    private readonly byUrn = new Map<string, readonly Subject[]>();
    private readonly reported = new Set<string>();
    private stack: StackSubjects | undefined;
    private config: unknown;
    private readonly rules: readonly Rule[];
    private readonly now: () => Date;

    constructor(rules: readonly Rule[], now: () => Date) {
        this.rules = rules;
        this.now = now;
    }

    /** Takes the settings over; the engine gives them only to the policy whose they are. A run has one stack. */
    configure(config: Readonly<Record<string, unknown>>, stack: string): void {
        const same = JSON.stringify(config);
        if (same === this.config) return;
        this.config = same;
        this.read = readSettings(config, stack);
        const { exemptions, environment } = this.read.settings;
        const { active, problems } = readExemptions(
            exemptions,
            this.rules,
            environment,
            this.now(),
        );
        this.book = new ExemptionBook(active);
        this.exemptionProblems = problems;
    }

    get problems(): readonly string[] {
        return [...this.read.problems, ...this.exemptionProblems];
    }

    context(rule: Rule, config: Readonly<Record<string, unknown>>): RuleContext {
        return ruleContext(rule, this.read.settings, config);
    }

    /** Reads a resource for the policies that follow. */
    openResource(args: ResourceValidationArgs): void {
        this.byUrn.set(args.urn, pulumiSubjects(args));
    }

    subjects(args: ResourceValidationArgs): readonly Subject[] {
        return this.byUrn.get(args.urn) ?? pulumiSubjects(args);
    }

    closeResource(urn: string): void {
        this.byUrn.delete(urn);
        this.reported.clear();
    }

    openStack(args: StackValidationArgs): void {
        this.stack = stackSubjects(args);
    }

    stackSubjects(args: StackValidationArgs): StackSubjects {
        return this.stack ?? stackSubjects(args);
    }

    closeStack(): void {
        this.stack = undefined;
        this.reported.clear();
    }

    unusedExemptions(stack: string) {
        return this.book.unused(stack);
    }

    /** Reports a finding once, however many checks of the rule met it: a violation stops the run, one that is exempted or undecided is only told. */
    report(finding: Finding, urn: string, report: Report): void {
        const key = `${finding.rule.name} ${urn} ${findingMessage(finding)}`;
        if (this.reported.has(key)) return;
        this.reported.add(key);
        if (finding.outcome === "undecided") {
            report({ message: findingMessage(finding), urn, enforcementLevel: "advisory" });
            return;
        }
        const exemption = this.book.find(finding.rule.name, urn);
        if (exemption) {
            const message = exemptedMessage(finding, exemption);
            report({ message, urn, enforcementLevel: "advisory" });
        } else {
            report({ message: findingMessage(finding), urn });
        }
    }
}

function stackSubjects({ resources }: StackValidationArgs): StackSubjects {
    const urnOf = new Map<Subject, string>();
    for (const resource of resources) {
        for (const subject of pulumiSubjects(resource)) urnOf.set(subject, resource.urn);
    }
    return { all: [...urnOf.keys()], urnOf };
}

function settingsPolicy(run: Run): RulePolicy {
    return {
        name: "pack-settings",
        description: "The pack's settings are valid, and none of its exemptions has expired.",
        enforcementLevel: "mandatory",
        severity: "high",
        // A copy, since the SDK's types ask for lists that may be written to.
        configSchema: {
            properties: structuredClone(settingsSchema),
        } as unknown as PolicyConfigSchema,
        validateResource: [
            (args, report) => {
                run.configure(args.getConfig(), stackOf(args.urn));
                run.openResource(args);
                if (args.type !== stackType) return;
                for (const problem of run.problems) report(problem);
            },
        ],
        validateStack: (args) => {
            run.configure(args.getConfig(), stackOf(args.resources[0]?.urn ?? ""));
            run.openStack(args);
        },
    };
}

function rulePolicy(rule: Rule, run: Run): RulePolicy {
    const policy: RulePolicy = {
        name: rule.name,
        description: rule.why,
        enforcementLevel: "mandatory",
        severity: rule.severity,
        framework: frameworkOf(rule.name),
        remediationSteps: rule.fix,
        validateResource: resourceValidations(rule, run),
    };
    if (rule.options) policy.configSchema = { properties: optionsSchema(rule.options) };
    if (rule.stackChecks) policy.validateStack = stackValidation(rule, run);
    return policy;
}

/** One validation a check, so that what the SDK makes of one, whatever it is, leaves the others alone. */
function resourceValidations(rule: Rule, run: Run): ResourceValidation[] {
    return rule.checks.map((check) => (args, report) => {
        const context = run.context(rule, args.getConfig());
        for (const subject of run.subjects(args)) {
            for (const finding of judged(rule, subject, () => check(subject, context))) {
                run.report(finding, args.urn, asReport(report));
            }
        }
    });
}

function stackValidation(rule: Rule, run: Run): StackValidation {
    return (args, report) => {
        const context = run.context(rule, args.getConfig());
        const { all, urnOf } = run.stackSubjects(args);
        for (const check of rule.stackChecks ?? []) {
            for (const [subject, urn] of urnOf) {
                for (const finding of judged(rule, subject, () => check(subject, all, context))) {
                    run.report(finding, urn, asReport(report));
                }
            }
        }
    };
}

function exemptionPolicy(run: Run): RulePolicy {
    return {
        name: "exemption-require-match",
        description:
            "Every exemption of the stack meets a violation: one that meets none is out of date.",
        enforcementLevel: "mandatory",
        severity: "medium",
        validateResource: [
            ({ urn }) => {
                run.closeResource(urn);
            },
        ],
        validateStack: ({ resources }, report) => {
            const stack = stackOf(resources[0]?.urn ?? "");
            for (const { rule, urn } of run.unusedExemptions(stack)) {
                report(`The exemption from ${rule} for ${urn} meets no violation. Fix: remove it.`);
            }
            run.closeStack();
        },
    };
}
