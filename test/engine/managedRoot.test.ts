import { join } from "node:path";
import { rules } from "../../policies/rules";
import { root, Stack } from "./pulumi";

/** The lab's program, judged as if it were production's: what the settings refuse by themselves, the pack refuses as well. */
let stack: Stack;

beforeAll(() => {
    stack = new Stack("engine-root");
    stack.configure({ profile: "fips", leaf: { lifetime: "1128h" } });
});
afterAll(() => {
    stack.remove();
});

/** The pack with an environment's own settings. */
const packIn = (environment: string): readonly string[] => {
    const policies = join(root, "policies");
    const settings = join(policies, "environments", `${environment}.json`);
    return ["--policy-pack", policies, "--policy-pack-config", settings];
};

/** Names of the rules that refuse something. */
const refusing = (text: string) =>
    rules.map(({ name }) => name).filter((name) => text.match(`\\[mandatory\\].*${name}`));

it.each(["staging", "prod"])("refuses a managed root in %s, and nothing else", (environment) => {
    const { status, text } = stack.run("preview", packIn(environment));
    expect(status).not.toBe(0);
    expect(refusing(text)).toEqual(["root-forbid-managed"]);
    expect(text).toContain("a root that is made here, so that its key lies in the state");
});

it.each(["lab", "dev"])("lets it be made in %s", (environment) => {
    expect(stack.run("preview", packIn(environment))).toMatchObject({ status: 0 });
});
