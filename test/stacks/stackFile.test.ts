import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { isWhole, readConfig } from "../../stacks/config";
import { crossErrors } from "../../stacks/crossChecks";
import { readStackFile } from "../../stacks/stackFile";
import { project } from "./raw";
import { temporaryFolder } from "./temporaryFolder";

it.each(["lab", "dev"])("the stack %s is configured without an error", (stack) => {
    const { config, errors } = readConfig(project, readStackFile(stack));
    expect([...errors, ...crossErrors(config, [])]).toEqual([]);
    expect(isWhole(config)).toBe(true);
    expect(config.environment).toBe(stack);
});

it("names encrypted values and does not take them for objects that were written", () => {
    const folder = temporaryFolder();
    writeFileSync(
        join(folder, "Pulumi.a.yaml"),
        `config:\n  ${project}:domain: { secure: v1:abc }\n  ${project}:gateway: { replicas: 2 }\n`,
    );
    expect(readStackFile("a", folder)).toEqual({
        values: {
            [`${project}:domain`]: '{"secure":"v1:abc"}',
            [`${project}:gateway`]: '{"replicas":2}',
        },
        secretKeys: [`${project}:domain`],
    });
    expect(readConfig(project, readStackFile("a", folder)).errors).toContain(
        "[domain] is <secret>; allowed a plain value, since outputs and previews show it; set it again without --secret",
    );
});

it("a stack that is not there has no file", () => {
    expect(() => readStackFile("nowhere")).toThrow("ENOENT");
});
