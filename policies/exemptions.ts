import { isObject } from "./kubernetesObject";
import type { Environment, Rule } from "./rule";
import { matchesWildcard, starPattern, type Wildcard } from "./wildcard";

/** A violation that somebody answers for, until a day. */
export interface Exemption {
    readonly stack: string;
    readonly rule: string;
    readonly urn: string;
    readonly reason: string;
    readonly owner: string;
    /** Last day on which it holds, in UTC. */
    readonly expires: string;
}

/** Days that an exemption may last. */
export const longestDays = 90;

export interface ReadExemptions {
    /** Those that hold today. */
    readonly active: readonly Exemption[];
    /** In full sentences, which are malformed or have expired. */
    readonly problems: readonly string[];
}

const fields = ["stack", "rule", "urn", "reason", "owner", "expires"] as const;

/** Sorts out the exemptions that hold on the day of `now`. */
export function readExemptions(
    given: readonly unknown[],
    rules: readonly Rule[],
    environment: Environment,
    now: Date,
): ReadExemptions {
    const active: Exemption[] = [];
    const problems: string[] = [];
    given.forEach((value, index) => {
        const exemption = readFields(value);
        const wrong =
            typeof exemption === "string"
                ? exemption
                : (malformed(exemption, rules, environment) ?? outOfTime(exemption.expires, now));
        if (wrong !== undefined) problems.push(`[exemptions[${index}]] ${wrong}`);
        else if (typeof exemption !== "string") active.push(exemption);
    });
    return { active, problems };
}

function readFields(value: unknown): Exemption | string {
    if (!isObject(value)) return `is not an object with ${fields.join(", ")}.`;
    const strange = Object.keys(value).find((key) => !fields.some((field) => field === key));
    if (strange !== undefined) return `has the unknown field "${strange}".`;
    const text = (field: (typeof fields)[number]): string => {
        const found = value[field];
        return typeof found === "string" ? found.trim() : "";
    };
    const missing = fields.find((field) => text(field) === "");
    if (missing) return `has no "${missing}".`;
    return {
        stack: text("stack"),
        rule: text("rule"),
        urn: text("urn"),
        reason: text("reason"),
        owner: text("owner"),
        expires: text("expires"),
    };
}

function malformed(
    { stack, rule: name, urn }: Exemption,
    rules: readonly Rule[],
    environment: Environment,
): string | undefined {
    const rule = rules.find((candidate) => candidate.name === name);
    if (!rule) return `names the rule "${name}", which the pack does not have.`;
    if (rule.noExemptionIn?.includes(environment)) {
        return `exempts from ${name}, from which nothing is exempt in ${environment}.`;
    }
    const parts = splitUrn(urn);
    if (!parts) return `has the urn "${urn}", which is not urn:pulumi:STACK::PROJECT::TYPE::NAME.`;
    if (parts.stack !== stack)
        return `is for stack "${stack}", but its urn is of "${parts.stack}".`;
    if (parts.head.includes("*")) return `has "*" in "${parts.head}"; only the name may have it.`;
    return undefined;
}

const day = 24 * 60 * 60 * 1000;

function outOfTime(expires: string, now: Date): string | undefined {
    const end = Date.parse(`${expires}T00:00:00Z`);
    const isDay = !Number.isNaN(end) && new Date(end).toISOString().startsWith(`${expires}T`);
    if (!isDay) return `expires on "${expires}", which is not a day such as 2027-01-31.`;
    const today = Date.parse(`${now.toISOString().slice(0, 10)}T00:00:00Z`);
    if (end < today) return `expired on ${expires}: fix the violation or decide anew.`;
    if (end <= today + longestDays * day) return undefined;
    const last = new Date(today + longestDays * day).toISOString().slice(0, 10);
    return `expires on ${expires}; it may last ${longestDays} days, until ${last}.`;
}

interface UrnParts {
    readonly stack: string;
    /** Everything before the name. */
    readonly head: string;
    readonly name: string;
}

/** The name is the last segment, and may hold `::` itself. */
function splitUrn(urn: string): UrnParts | undefined {
    const match = /^(urn:pulumi:([^:]+)::[^:]+::.+?)::(.+)$/s.exec(urn);
    const [, head, stack, name] = match ?? [];
    return head && stack && name ? { stack, head, name } : undefined;
}

/** Name of the stack that a resource belongs to; empty if that is no URN. */
export const stackOf = (urn: string): string => splitUrn(urn)?.stack ?? "";

/** Finds who answers for a rule's violation by a resource, and remembers which exemptions found one. */
export class ExemptionBook {
    private readonly used = new Set<Exemption>();
    private readonly patterns: ReadonlyMap<Exemption, Wildcard>;

    constructor(active: readonly Exemption[]) {
        this.patterns = new Map(active.map((exemption) => [exemption, namePattern(exemption)]));
    }

    find(rule: string, urn: string): Exemption | undefined {
        const parts = splitUrn(urn);
        for (const [exemption, pattern] of this.patterns) {
            if (exemption.rule !== rule || splitUrn(exemption.urn)?.head !== parts?.head) continue;
            if (!matchesWildcard(pattern, parts?.name ?? "")) continue;
            this.used.add(exemption);
            return exemption;
        }
        return undefined;
    }

    /** The exemptions of a stack that met no violation. */
    unused(stack: string): Exemption[] {
        return [...this.patterns.keys()].filter(
            (exemption) => exemption.stack === stack && !this.used.has(exemption),
        );
    }
}

const namePattern = ({ urn }: Exemption): Wildcard => starPattern(splitUrn(urn)?.name ?? "");
