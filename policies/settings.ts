import { TlsProfileName, tlsProfile } from "../components/tls/profile";
import { isObject } from "./kubernetesObject";
import type { Environment, Rule, RuleContext, RuleOption } from "./rule";

const environments: readonly Environment[] = ["lab", "dev", "staging", "prod"];
const profiles: readonly string[] = Object.values(TlsProfileName);

/** What the pack is told from outside, the same for all rules. */
export interface Settings {
    /** TLS profile of the stack. Defaults to `modern`. */
    readonly profile: TlsProfileName;
    /** Defaults to the stack's name where that is one, else to `prod`, where the rules are strictest. */
    readonly environment: Environment;
    /** As written; `readExemptions` says which are valid. */
    readonly exemptions: readonly unknown[];
}

/** Most exemptions that a pack takes: more are a rule that does not fit. */
const mostExemptions = 100;

const filled = (description: string) => ({ type: "string", minLength: 1, description }) as const;

/** JSON schema of the settings, which the engine checks before anything is judged. */
export const settingsSchema = {
    profile: {
        type: "string",
        enum: [...profiles],
        default: TlsProfileName.Modern,
        description: "TLS profile whose suites and groups are allowed.",
    },
    environment: {
        type: "string",
        // Without a default, which the engine would send as if somebody had written it.
        enum: [...environments],
        description: "Kind of place that the stack is.",
    },
    exemptions: {
        type: "array",
        maxItems: mostExemptions,
        default: [],
        description: "Violations that somebody answers for, each for a time.",
        items: {
            type: "object",
            additionalProperties: false,
            required: ["stack", "rule", "urn", "reason", "owner", "expires"],
            properties: {
                stack: filled("Name of the stack."),
                rule: filled("Name of the rule."),
                urn: filled("URN of the resource; `*` may stand in its last segment, the name."),
                reason: filled("Why the violation is accepted."),
                owner: filled("Who answers for it."),
                expires: {
                    type: "string",
                    pattern: "^[0-9]{4}-[0-9]{2}-[0-9]{2}$",
                    description: "Last day, in UTC, at most 90 days ahead.",
                },
            },
        },
    },
} as const;

/** Settings, and in full sentences what is wrong with them. A wrong one is replaced by the strictest. */
export interface ReadSettings {
    readonly settings: Settings;
    readonly problems: readonly string[];
}

/** @param stack its name: the stacks of an environment are called by it, here and in most projects */
export function readSettings(config: Readonly<Record<string, unknown>>, stack = ""): ReadSettings {
    const named = environments.find((name) => name === stack) ?? "prod";
    const { profile = "modern", environment = named, exemptions = [], ...others } = config;
    const problems = Object.keys(others).map(
        (key) =>
            `[${key}] is no setting of the pack; known are profile, environment and exemptions.`,
    );
    const knownProfile = Object.values(TlsProfileName).find((name) => name === profile);
    if (!knownProfile) problems.push(notOneOf("profile", profile, profiles));
    const knownEnvironment = environments.find((name) => name === environment);
    if (!knownEnvironment) problems.push(notOneOf("environment", environment, environments));
    const list = Array.isArray(exemptions) && exemptions.length <= mostExemptions;
    if (!list) problems.push(`[exemptions] must be a list of at most ${mostExemptions}.`);
    return {
        settings: {
            profile: knownProfile ?? TlsProfileName.Fips,
            environment: knownEnvironment ?? "prod",
            exemptions: list ? (exemptions as unknown[]) : [],
        },
        problems,
    };
}

const notOneOf = (key: string, value: unknown, allowed: readonly string[]): string =>
    `[${key}] is ${JSON.stringify(value)}; it must be one of ${allowed.join(", ")}.`;

/** JSON schema of a rule's own options. */
export function optionsSchema(options: Readonly<Record<string, RuleOption>>) {
    const entries = Object.entries(options).map(
        ([name, option]) => [name, { type: "integer" as const, ...option }] as const,
    );
    return Object.fromEntries(entries);
}

/**
 * What a rule is told.
 *
 * @throws Error if one of the rule's options is not a whole number within its bounds, or is unknown.
 */
export function ruleContext(
    rule: Rule,
    settings: Settings,
    config: Readonly<Record<string, unknown>>,
): RuleContext {
    const options = rule.options ?? {};
    for (const key of Object.keys(isObject(config) ? config : {})) {
        if (!(key in options)) throw new Error(`${rule.name}: [${key}] is no option of the rule`);
    }
    return {
        profile: tlsProfile(settings.profile),
        environment: settings.environment,
        option: (name) => optionValue(rule.name, name, options[name], config[name]),
    };
}

function optionValue(
    rule: string,
    name: string,
    option: RuleOption | undefined,
    given: unknown,
): number {
    if (!option) throw new Error(`${rule}: [${name}] is no option of the rule`);
    const { minimum, maximum } = option;
    const value = given ?? option.default;
    const whole = typeof value === "number" && Number.isInteger(value);
    if (whole && value >= minimum && value <= maximum) return value;
    throw new Error(
        `${rule}: [${name}] is ${JSON.stringify(value)}; it must be a whole number from ${minimum} to ${maximum}`,
    );
}
