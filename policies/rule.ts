import type { TlsProfile } from "../components/tls/profile";

/**
 * What a rule judges: a resource of a Pulumi program or a Kubernetes manifest, in one neutral form. The adapters unwrap lists and
 * patches and decode base64 before a rule sees anything. A value that preview does not know throws `UnknownValue` when it is read.
 */
export interface Subject {
    /** API group, empty for the core one; the package's name for a resource that is not Kubernetes', for example `tls`. */
    readonly group: string;
    /** API version without its group, for example `v1beta1`. */
    readonly version: string;
    readonly kind: string;
    /** Empty where none is given. */
    readonly namespace: string;
    readonly name: string;
    /** The whole object, with `metadata` and `spec`. */
    readonly properties: Readonly<Record<string, unknown>>;
    /** True for a patch: what is absent stays as it is in the cluster, so no default applies. */
    readonly partial: boolean;
}

/** One thing that is wrong: where it stands, what stands there, what would be right. Never holds a secret's value. */
export interface Violation {
    /** Place inside the subject, for example `data["nginx.conf"]:3`. */
    readonly at: string;
    readonly got: string;
    readonly wanted: string;
}

/** Kind of place that a stack is. Strictest where it is not said: `prod`. */
export type Environment = "lab" | "dev" | "staging" | "prod";

/** What the pack's configuration says to a rule. */
export interface RuleContext {
    readonly profile: TlsProfile;
    readonly environment: Environment;
    /** Value of one of the rule's own options. */
    readonly option: (name: string) => number;
}

/** A number that an environment may set for a rule, whole and within bounds. */
export interface RuleOption {
    readonly description: string;
    readonly minimum: number;
    readonly maximum: number;
    readonly default: number;
}

type Severity = "low" | "medium" | "high" | "critical";

export type Check = (subject: Subject, context: RuleContext) => Violation[];

/** Judges a subject beside all others of its stack, for example a container beside the ConfigMap that it mounts. */
type StackCheck = (
    subject: Subject,
    stack: readonly Subject[],
    context: RuleContext,
) => Violation[];

export interface Rule {
    /** Kebab-case, `<subject>-<requirement>`; the file and the constant have the same name in camel case. */
    readonly name: string;
    readonly severity: Severity;
    /** Why the rule exists, in full sentences. */
    readonly why: string;
    /** What to do about a violation, with code that can be pasted. */
    readonly fix: string;
    /**
     * Each check is run by itself: one that meets a value which preview does not know does not take the others with it. Checks that
     * read what is always plain come first.
     */
    readonly checks: readonly Check[];
    /** Checks that need the rest of the stack; run once everything in it is registered. */
    readonly stackChecks?: readonly StackCheck[];
    readonly options?: Readonly<Record<string, RuleOption>>;
    /** Where nobody may exempt a resource from the rule. Defaults to nowhere. */
    readonly noExemptionIn?: readonly Environment[];
}
