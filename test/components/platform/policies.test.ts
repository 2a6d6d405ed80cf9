import { judgeStack, judgeSubject } from "../../../policies/judge";
import { manifestSubjects } from "../../../policies/manifestSubject";
import { rules } from "../../../policies/rules";
import { readSettings, ruleContext } from "../../../policies/settings";
import { madePlatform } from "./fixture";

it("has nothing that a rule of the pack refuses", async () => {
    const { resources } = await madePlatform();
    const manifests = resources
        .filter(({ type }) => type.startsWith("kubernetes:"))
        .map(({ inputs }) => JSON.stringify(plain(inputs)));
    const subjects = manifestSubjects("platform", manifests.join("\n---\n"));
    expect(subjects.length).toBeGreaterThan(50);
    const { settings } = readSettings({ environment: "lab" });
    const findings = rules.flatMap((rule) => {
        const context = ruleContext(rule, settings, {});
        return [
            ...subjects.flatMap((subject) => judgeSubject(rule, subject, context)),
            ...judgeStack(rule, subjects, context),
        ];
    });
    expect(
        findings.map(({ rule, subject, violation }) => [rule.name, subject.name, violation]),
    ).toEqual([]);
});

/** Secrets as the API server sees them. */
const plain = (value: unknown): unknown => {
    if (typeof value !== "object" || value === null) return value;
    if (Array.isArray(value)) return value.map(plain);
    const entries: [string, unknown][] = Object.entries(value);
    const [only] = entries;
    if (entries.length === 1 && only?.[0] === "secret") return plain(only[1]);
    return Object.fromEntries(entries.map(([key, inside]) => [key, plain(inside)]));
};
