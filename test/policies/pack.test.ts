import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { PolicyPackArgs } from "@pulumi/policy";
import { controlTitles, ruleControls } from "../../policies/controls";
import { packPolicies } from "../../policies/crossguard";
import { docsFile, renderDocs } from "../../policies/docs";
import { rules } from "../../policies/rules";

const folder = join(__dirname, "..", "..", "policies");

/** A rule may come and go, but not by accident: whoever changes the list changes it here. */
it("has these policies", () => {
    expect(packPolicies(rules, () => new Date()).map(({ name }) => name)).toEqual([
        "pack-settings",
        "certificate-require-rotation",
        "config-require-known-text",
        "nginx-forbid-plaintext",
        "nginx-require-known-config",
        "nginx-require-tls13",
        "root-forbid-managed",
        "exemption-require-match",
    ]);
});

it("makes every policy mandatory, described and serious", () => {
    for (const policy of packPolicies(rules, () => new Date())) {
        expect(policy).toMatchObject({
            enforcementLevel: "mandatory",
            severity: expect.any(String) as string,
        });
        expect(policy.description).toMatch(/^[A-Z].*\.$/);
    }
});

const files = readdirSync(join(folder, "rules")).filter((file) => file !== "index.ts");

it("has one rule a file, of the same name as its constant", () => {
    const camel = (name: string): string =>
        name.replace(/-(\w)/g, (_match, char: string) => char.toUpperCase());
    expect(rules.map(({ name }) => `${camel(name)}.ts`)).toEqual(files);
    for (const { name } of rules) {
        const module = jest.requireActual<Record<string, unknown>>(
            join(folder, "rules", camel(name)),
        );
        expect(Object.keys(module)).toEqual([camel(name)]);
        expect(module[camel(name)]).toHaveProperty("name", name);
    }
});

it.each(rules)("explains $name, and tests it", ({ name, why, fix, options }) => {
    expect(name).toMatch(/^[a-z0-9]+(-[a-z0-9]+)+$/);
    expect(why).toMatch(/^[A-Z].*\.$/s);
    expect(fix).toMatch(/^[A-Z].*\.$/s);
    for (const option of Object.values(options ?? {})) {
        expect(option.default).toBeGreaterThanOrEqual(option.minimum);
        expect(option.default).toBeLessThanOrEqual(option.maximum);
    }
    const test = `${name.replace(/-(\w)/g, (_match, char: string) => char.toUpperCase())}.test.ts`;
    expect(existsSync(join(__dirname, test))).toBe(true);
});

it("maps each rule to controls that exist", () => {
    expect(Object.keys(ruleControls).sort()).toEqual(rules.map(({ name }) => name));
    for (const controls of Object.values(ruleControls)) {
        expect(controls.length).toBeGreaterThan(0);
        for (const control of controls) expect(Object.keys(controlTitles)).toContain(control);
    }
});

it("has documentation that is not stale: else run `npm run docs -w policies`", () => {
    expect(readFileSync(docsFile, "utf8")).toBe(renderDocs(rules));
});

it("makes the pack in index.ts and nowhere else", () => {
    const packs: [name: string, args: PolicyPackArgs][] = [];
    jest.isolateModules(() => {
        jest.doMock("@pulumi/policy", () => ({
            ...jest.requireActual<object>("@pulumi/policy"),
            PolicyPack: jest.fn((...given: [string, PolicyPackArgs]) => {
                packs.push(given);
            }),
        }));
        jest.requireActual("../../policies/index");
    });
    expect(packs.map(([name, { policies }]) => [name, policies.length])).toEqual([
        ["encryption-in-transit", rules.length + 2],
    ]);
    const sources = readdirSync(folder, { recursive: true, encoding: "utf8" }).filter((file) =>
        file.endsWith(".ts"),
    );
    const making = sources.filter((file) =>
        readFileSync(join(folder, file), "utf8").includes("new PolicyPack("),
    );
    expect(making).toEqual(["index.ts"]);
});
