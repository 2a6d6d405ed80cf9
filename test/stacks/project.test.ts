import { readFileSync } from "node:fs";
import { join } from "node:path";
import { parse } from "yaml";
import { configSchema } from "../../stacks/schema";
import { project } from "./raw";

interface Declared {
    readonly type?: string;
    readonly default?: unknown;
    readonly value?: unknown;
    readonly description?: string;
}

const file = parse(readFileSync(join(__dirname, "../../Pulumi.yaml"), "utf8")) as {
    readonly name: string;
    readonly config: Readonly<Record<string, Declared>>;
};

const own = Object.entries(file.config)
    .filter(([key]) => key.startsWith(`${project}:`))
    .map(([key, declared]) => [key.slice(project.length + 1), declared] as const);

it("declares exactly the keys that the schema reads, each with its type and what it is", () => {
    expect(file.name).toBe(project);
    expect(own.map(([key]) => key)).toEqual(Object.keys(configSchema));
    for (const [, { type, description }] of own) {
        expect(["string", "array", "object"]).toContain(type);
        expect(description).not.toBe("");
    }
});

it("has no default that the schema would refuse, nor a default other than the schema's", () => {
    for (const [key, declared] of own) {
        if (!("default" in declared)) continue;
        const schema = configSchema[key as keyof typeof configSchema];
        expect(schema.safeParse(declared.default).success).toBe(true);
        const absent = schema.safeParse(undefined);
        if (absent.success) expect(declared.default).toEqual(absent.data);
    }
});

it("makes leaves with keys of ECDSA P-256 and 90 days of life unless it is told otherwise", () => {
    const leaf = { lifetime: "2160h", renewBefore: "720h", algorithm: "ECDSA-P256" };
    expect(own.find(([key]) => key === "leaf")?.[1].default).toEqual(leaf);
});

it("changes ConfigMaps and Secrets in place: a replaced one is gone before it is there again", () => {
    expect(file.config["kubernetes:enableConfigMapMutable"]?.value).toBe(true);
    expect(file.config["kubernetes:enableSecretMutable"]?.value).toBe(true);
});
