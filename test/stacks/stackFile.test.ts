import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { isWhole, readConfig } from "../../stacks/config";
import { crossErrors } from "../../stacks/crossChecks";
import { readSecretsProvider, readStackFile } from "../../stacks/stackFile";
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

describe("what encrypts a stack's secrets", () => {
    const providerOf = (file: string, projectFile = "name: a\n") => {
        const folder = temporaryFolder();
        writeFileSync(join(folder, "Pulumi.yaml"), projectFile);
        writeFileSync(join(folder, "Pulumi.a.yaml"), file);
        return readSecretsProvider(folder, "a");
    };

    it.each([
        ["a passphrase, of which the salt is kept", "encryptionsalt: v1:abc\n", "passphrase"],
        ["a passphrase that is named", "secretsprovider: passphrase\n", "passphrase"],
        ["a key service", "secretsprovider: awskms://alias/a?region=eu-west-1\n", "awskms"],
        [
            "a key service, whatever a passphrase has left",
            "secretsprovider: hashivault://a\nencryptionsalt: v1:abc\n",
            "hashivault",
        ],
        ["Pulumi Cloud", "config: {}\n", "service"],
        ["Pulumi Cloud, whose file says nothing", "", "service"],
        [
            "the default with a salt, a passphrase",
            "secretsprovider: default\nencryptionsalt: v1:abc\n",
            "passphrase",
        ],
    ])("is %s", (_case, file, provider) => {
        expect(providerOf(file)).toBe(provider);
    });

    it("stands in the folder that the project names", () => {
        const folder = temporaryFolder();
        writeFileSync(join(folder, "Pulumi.yaml"), "name: a\nstackConfigDir: stacks\n");
        mkdirSync(join(folder, "stacks"));
        writeFileSync(join(folder, "stacks/Pulumi.a.yaml"), "secretsprovider: gcpkms://a\n");
        expect(readSecretsProvider(folder, "a")).toBe("gcpkms");
    });

    it("is not known of a stack without a file, and outside a project", () => {
        const folder = temporaryFolder();
        expect(readSecretsProvider(folder, "a")).toBeUndefined();
        writeFileSync(join(folder, "Pulumi.yaml"), "name: a\n");
        expect(readSecretsProvider(folder, "a")).toBeUndefined();
    });
});
