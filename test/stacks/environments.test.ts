import { readFileSync } from "node:fs";
import { join } from "node:path";
import { digestErrors, secretsProviderErrors } from "../../stacks/keeping";
import {
    built,
    environments,
    errorsOf,
    fileOf,
    folder,
    imageKeys,
    key,
    pinned,
    provider,
    read,
    whole,
    type Environment,
} from "./environmentFiles";

it.each(["lab", "dev"] as const)("%s is built from its file as it stands", (environment) => {
    expect(whole(read(environment, fileOf(environment))).config.environment).toBe(environment);
});

describe.each(["staging", "prod"] as const)("%s", (environment) => {
    it("lacks the digests of its images, and nothing else", () => {
        const errors = errorsOf(read(environment, fileOf(environment)));
        expect(errors.map((line) => line.split(" ")[0])).toEqual(
            imageKeys.map((name) => `[${name}.image]`),
        );
        expect(errors[0]).toBe(
            `[gateway.image] is "nginx:1.28"; allowed an image by digest in ${environment}; push it, and write nginx:1.28@sha256:... with the digest that \`docker buildx imagetools inspect nginx:1.28\` shows`,
        );
        expect(built(environment).config.environment).toBe(environment);
    });

    it.each(imageKeys)("refuses one image by tag among the others: %s", (name) => {
        const raw = fileOf(environment, { ...pinned(environment), [name]: { image: "a/b:1.0" } });
        expect(errorsOf(read(environment, raw))).toEqual([
            expect.stringContaining(`[${name}.image] is "a/b:1.0"`),
        ]);
    });

    it("refuses a managed root", () => {
        const managed = { ...pinned(environment), pki: { rootMode: "managed" } };
        expect(errorsOf(read(environment, fileOf(environment, managed)))).toEqual([
            expect.stringMatching(/^\[pki\.rootMode\] is "managed"; allowed managed in/),
        ]);
    });

    it("refuses a passphrase, and takes every key service", () => {
        expect(secretsProviderErrors(environment, "passphrase")).toHaveLength(1);
        for (const one of ["awskms", "azurekeyvault", "gcpkms", "hashivault", "service"])
            expect(secretsProviderErrors(environment, one)).toEqual([]);
    });
});

it.each(["lab", "dev"] as const)("%s may have a passphrase, a managed root and tags", (one) => {
    expect(secretsProviderErrors(one, "passphrase")).toEqual([]);
    expect(digestErrors(built(one).config)).toEqual([]);
    expect(built(one).config.pki.rootMode).toBe("managed");
});

describe("a lifetime is one line", () => {
    const leafOf = (leaf: object) => {
        const { values, secretKeys } = fileOf("lab");
        const raw = { values: { ...values, [key("leaf")]: JSON.stringify(leaf) }, secretKeys };
        return whole(read("lab", raw)).config.leaf;
    };

    it.each([
        ["47 days", "1128h", { lifetime: 1128, renewBefore: 376 }],
        ["90 days", "2160h", { lifetime: 2160, renewBefore: 720 }],
        ["what no third divides", "100h", { lifetime: 100, renewBefore: 33 }],
        ["two hours", "2h", { lifetime: 2, renewBefore: 1 }],
    ])("of %s: renewed with a third left, on P-256", (_case, lifetime, leaf) => {
        expect(leafOf({ lifetime })).toEqual({ ...leaf, algorithm: "ECDSA-P256" });
    });

    it("beside which the others can be written still", () => {
        const leaf = { lifetime: "1128h", renewBefore: "720h", algorithm: "ECDSA-P384" };
        expect(leafOf(leaf)).toEqual({ ...leaf, lifetime: 1128, renewBefore: 720 });
    });

    it("which dev, staging and prod have", () => {
        for (const environment of ["dev", "staging", "prod"] as const)
            expect(fileOf(environment).values[key("leaf")]).toBe('{"lifetime":"1128h"}');
    });
});

describe("the README's table", () => {
    const days = (hours: number) => `${hours / 24} days`;
    const code = (text: string | number) => `\`${text}\``;

    /** What each row says of an environment, by its first cell. */
    const rows: Readonly<Record<string, (environment: Environment) => string>> = {
        "keys of the roots": (environment) => code(built(environment).config.pki.rootMode),
        "secrets provider": (environment) =>
            secretsProviderErrors(environment, "passphrase").length === 0
                ? "any"
                : code(String(provider(environment))),
        "TLS profile": (environment) => code(built(environment).config.profile),
        "replicas of each service": (environment) => {
            const { gateway, api, agentMesh, tracer } = built(environment).config;
            const counts = [gateway, api, agentMesh, tracer].map(({ replicas }) => replicas);
            return [...new Set(counts)].join(", ");
        },
        "life of a leaf": (environment) => days(built(environment).config.leaf.lifetime),
        images: (environment) =>
            errorsOf(read(environment, fileOf(environment))).length === 0 ? "by tag" : "by digest",
    };

    const table = readFileSync(join(folder, "README.md"), "utf8")
        .split("\n")
        .filter((line) => line.startsWith("|"))
        .map((line) =>
            line
                .split("|")
                .slice(1, -1)
                .map((cell) => cell.trim()),
        );
    const head = table.findIndex((cells) => cells.includes("staging"));

    it("has a row for each difference, and a reason for each row", () => {
        expect(table[head]).toEqual(["", ...environments, "why"]);
        const body = table.slice(head + 2, head + 2 + Object.keys(rows).length);
        expect(body.map(([name]) => name)).toEqual(Object.keys(rows));
        for (const cells of body) expect(cells.at(-1)?.length).toBeGreaterThan(20);
    });

    it.each(Object.keys(rows))("says what the files say: %s", (name) => {
        const cells = table.find(([first]) => first === name)?.slice(1, -1);
        expect(cells).toEqual(environments.map((environment) => rows[name]?.(environment)));
    });
});
