import { ExemptionBook, readExemptions, stackOf, type Exemption } from "../../policies/exemptions";
import type { Environment, Rule } from "../../policies/rule";

const rule: Rule = { name: "a-rule", severity: "low", why: "", fix: "", checks: [] };
const strict: Rule = { ...rule, name: "ca-rule", noExemptionIn: ["prod"] };
const now = new Date("2026-11-24T23:59:59Z");

const good: Exemption = {
    stack: "dev",
    rule: "a-rule",
    urn: "urn:pulumi:dev::shop::kubernetes:core/v1:ConfigMap::legacy",
    reason: "until the move",
    owner: "team-shop",
    expires: "2026-12-24",
};

const read = (given: unknown, environment: Environment = "dev") =>
    readExemptions([given], [rule, strict], environment, now);

it.each([
    ["one for a month", {}],
    ["the last day, which is today", { expires: "2026-11-24" }],
    ["90 days", { expires: "2027-02-22" }],
    [
        "a star in the name",
        { urn: "urn:pulumi:dev::shop::kubernetes:core/v1:ConfigMap::legacy-*-*" },
    ],
    [
        "a component's child",
        { urn: "urn:pulumi:dev::shop::a:b:C$kubernetes:core/v1:ConfigMap::legacy" },
    ],
    ["a rule that is strict elsewhere", { rule: "ca-rule" }],
])("takes %s", (_name, change) => {
    expect(read({ ...good, ...change })).toEqual({
        active: [{ ...good, ...change }],
        problems: [],
    });
});

it.each([
    ["nothing", undefined, "is not an object with stack, rule, urn, reason, owner, expires."],
    ["a list", [], "is not an object with stack, rule, urn, reason, owner, expires."],
    ["no owner", { ...good, owner: undefined }, 'has no "owner".'],
    ["a blank reason", { ...good, reason: "  " }, 'has no "reason".'],
    ["a field too many", { ...good, level: "off" }, 'has the unknown field "level".'],
    [
        "a rule that does not exist",
        { ...good, rule: "b-rule" },
        'names the rule "b-rule", which the pack does not have.',
    ],
    [
        "no URN",
        { ...good, urn: "legacy" },
        'has the urn "legacy", which is not urn:pulumi:STACK::PROJECT::TYPE::NAME.',
    ],
    [
        "another stack's URN",
        { ...good, stack: "prod" },
        'is for stack "prod", but its urn is of "dev".',
    ],
    [
        "a star in the type",
        { ...good, urn: "urn:pulumi:dev::shop::kubernetes:*::legacy" },
        'has "*" in "urn:pulumi:dev::shop::kubernetes:*"; only the name may have it.',
    ],
    [
        "a star for the stack",
        { ...good, stack: "*", urn: "urn:pulumi:*::shop::t::n" },
        'has "*" in "urn:pulumi:*::shop::t"; only the name may have it.',
    ],
    [
        "no day",
        { ...good, expires: "soon" },
        'expires on "soon", which is not a day such as 2027-01-31.',
    ],
    [
        "a day that does not exist",
        { ...good, expires: "2026-11-31" },
        'expires on "2026-11-31", which is not a day such as 2027-01-31.',
    ],
    [
        "a time",
        { ...good, expires: "2026-12-24T00:00:00Z" },
        'expires on "2026-12-24T00:00:00Z", which is not a day such as 2027-01-31.',
    ],
    [
        "91 days",
        { ...good, expires: "2027-02-23" },
        "expires on 2027-02-23; it may last 90 days, until 2027-02-22.",
    ],
    [
        "yesterday",
        { ...good, expires: "2026-11-23" },
        "expired on 2026-11-23: fix the violation or decide anew.",
    ],
])("refuses %s", (_name, given, problem) => {
    expect(read(given)).toEqual({ active: [], problems: [`[exemptions[0]] ${problem}`] });
});

it("refuses one from a rule that has none in production", () => {
    expect(read({ ...good, rule: "ca-rule" }, "prod").problems).toEqual([
        "[exemptions[0]] exempts from ca-rule, from which nothing is exempt in prod.",
    ]);
    expect(read({ ...good, rule: "ca-rule" }, "staging").problems).toEqual([]);
});

describe("a book of exemptions", () => {
    const type = "urn:pulumi:dev::shop::kubernetes:core/v1:ConfigMap";

    it.each([
        [`${type}::legacy`, `${type}::legacy`, true],
        [`${type}::legacy`, `${type}::legacy2`, false],
        [`${type}::legacy-*`, `${type}::legacy-`, true],
        [`${type}::legacy-*`, `${type}::legacy-1-2`, true],
        [`${type}::*-config`, `${type}::a-config-x`, false],
        [`${type}::*`, `${type}::any::thing`, true],
        [`${type}::*`, `${type.replace("ConfigMap", "Secret")}::x`, false],
        [`${type}::*`, `${type.replace("dev", "prod")}::x`, false],
        [`${type}::a?[b]`, `${type}::a?[b]`, true],
        [`${type}::a?[b]`, `${type}::axb`, false],
        [`${type}::${"*a".repeat(200)}*b`, `${type}::${"a".repeat(250)}`, false],
    ])("%s and %s: %s", (pattern, urn, matches) => {
        const book = new ExemptionBook([{ ...good, urn: pattern }]);
        expect(book.find("a-rule", urn) !== undefined).toBe(matches);
        expect(book.unused("dev")).toHaveLength(matches ? 0 : 1);
    });

    it("is of one rule, and its own stack's", () => {
        const book = new ExemptionBook([good]);
        expect(book.find("b-rule", good.urn)).toBeUndefined();
        expect(book.unused("prod")).toEqual([]);
        expect(book.unused("dev")).toEqual([good]);
    });
});

it("reads the stack from a URN", () => {
    expect(stackOf(good.urn)).toBe("dev");
    expect(stackOf("no urn")).toBe("");
});
