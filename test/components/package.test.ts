import { readFileSync } from "node:fs";
import { join } from "node:path";
import * as pulumi from "@pulumi/pulumi";
import * as library from "../../components";
import {
    checkInputs,
    type ObjectSpec,
    type PackageSchema,
    type TypeSpec,
} from "../../components/plugin/packageInputs";
import { generateSchema, schemaFile } from "../../components/plugin/packageSchema";

/** What programs in other languages see of the library, frozen: a change of it is a change of every user's program. */
const committed = readFileSync(schemaFile, "utf8");
const schema = JSON.parse(committed) as PackageSchema;

const tokenOf = (name: string): string => `encryption-in-transit:index:${name}`;

it("is what `npm run schema` in components/ makes of the sources", async () => {
    expect(await generateSchema()).toBe(committed);
});

it("has every component that is exported but the two that take a whole environment", () => {
    const components = Object.values(library).flatMap((one: unknown) =>
        typeof one === "function" && "__pulumiType" in one ? [String(one.__pulumiType)] : [],
    );
    // PendingPlatform stands for it until it can be made, under the same token.
    const left = tokenOf("Platform");
    expect(components).toContain(left);
    expect(Object.keys(schema.resources).sort()).toEqual(
        components.filter((token) => token !== left).sort(),
    );
});

it("names every component and type after the package", () => {
    const tokens = [...Object.keys(schema.resources), ...Object.keys(schema.types)];
    for (const token of tokens)
        expect(token).toMatch(/^encryption-in-transit:index:[A-Z][A-Za-z]+$/);
});

describe("private keys", () => {
    /** Properties named like a private key or a password that are not marked, wherever they are. */
    const bare = ({ resources, types }: PackageSchema): string[] =>
        [...Object.entries(resources), ...Object.entries(types)].flatMap(([token, spec]) =>
            Object.entries({
                ...spec.properties,
                ...("inputProperties" in spec
                    ? (spec.inputProperties as ObjectSpec["properties"])
                    : {}),
            })
                .filter(([name, { secret }]) => isSensitive(name) && secret !== true)
                .map(([name]) => `${token}.${name}`),
        );
    const isSensitive = (name: string): boolean =>
        /private|passw|passphrase|credential(?!sSecretName$)|keyPem|(?:^|[a-z])[kK]ey$/.test(name);
    const withProperty = (name: string, spec: TypeSpec): PackageSchema => ({
        ...schema,
        types: { ...schema.types, [tokenOf("Root")]: { properties: { [name]: spec } } },
    });

    it("are nowhere without the mark of a secret", () => {
        expect(bare(schema)).toEqual([]);
    });

    it.each(["privateKeyPem", "password", "key", "caKey"])("would be found as %s", (name) => {
        expect(bare(withProperty(name, { type: "string" }))).toEqual([
            `${tokenOf("Root")}.${name}`,
        ]);
        expect(bare(withProperty(name, { type: "string", secret: true }))).toEqual([]);
    });
});

it("is the package that the repository's own manifest describes", () => {
    type Manifest = Record<"version" | "license", string> & {
        dependencies: Record<string, string>;
        devDependencies?: Record<string, string>;
    };
    const manifest = (...path: string[]) =>
        JSON.parse(
            readFileSync(join(__dirname, "..", "..", ...path, "package.json"), "utf8"),
        ) as Manifest;
    const [own, whole] = [manifest("components"), manifest()];
    expect(own.version).toBe(whole.version);
    expect({ ...whole.devDependencies, ...whole.dependencies }).toMatchObject(own.dependencies);
});

describe("what a program asks for", () => {
    const issuance = {
        issuerName: "internal-ca",
        issuerKind: "ClusterIssuer",
        lifetimeHours: 2160,
        renewBeforeHours: 720,
        algorithm: "ECDSA-P256",
    };
    const leaf = { namespace: "shop", service: "api", usage: "server", issuance };
    const asked = (inputs: unknown) => () => {
        checkInputs(tokenOf("WorkloadCertificate"), inputs, schema);
    };

    it("passes as the library's own types have it", () => {
        expect(asked(leaf)).not.toThrow();
        expect(asked({ ...leaf, hosts: ["api.example.org"], commonName: "api" })).not.toThrow();
    });

    const withoutUsage = { namespace: "shop", service: "api", issuance };
    it.each<[string, unknown, string]>([
        ["without an argument", withoutUsage, "[usage] is missing"],
        [
            "with an argument that is unknown",
            { ...leaf, comonName: "api" },
            "[comonName] is unknown; allowed namespace, service, usage, hosts, commonName, issuance",
        ],
        [
            "with another usage",
            { ...leaf, usage: "both" },
            '[usage] is "both"; allowed server, client',
        ],
        [
            "with another algorithm",
            { ...leaf, issuance: { ...issuance, algorithm: "RSA-1024" } },
            '[issuance.algorithm] is "RSA-1024"; allowed ECDSA-P256, ECDSA-P384, RSA-2048, RSA-3072',
        ],
        [
            "with a number as text",
            { ...leaf, issuance: { ...issuance, lifetimeHours: "2160" } },
            '[issuance.lifetimeHours] is "2160"; allowed a number',
        ],
        ["with no list", { ...leaf, hosts: "a.example" }, '[hosts] is "a.example"; allowed a list'],
        ["with a wrong item", { ...leaf, hosts: ["a.b", 1] }, "[hosts.1] is 1; allowed a string"],
        ["with no object", { ...leaf, issuance: 1 }, "[issuance] is 1; allowed an object"],
        [
            "with an output where preview must know",
            { ...leaf, namespace: pulumi.output("shop") },
            "[namespace] is an output; allowed a value that the program itself knows, since what is rendered from it is judged in preview",
        ],
    ])("is refused %s", (_case, inputs, message) => {
        expect(asked(inputs)).toThrow(new Error(message));
    });

    it("may be an output where the library takes one, and nothing else there", () => {
        const bundle = (rootCertificatesPem: unknown) => () => {
            const inputs = { bundleName: "trust", namespaces: ["shop"], rootCertificatesPem };
            checkInputs(tokenOf("TrustBundle"), inputs, schema);
        };
        expect(bundle(pulumi.output(["pem"]))).not.toThrow();
        expect(bundle([pulumi.output("pem"), "pem"])).not.toThrow();
        expect(bundle([1])).toThrow("[rootCertificatesPem.0] is 1; allowed a string");
    });

    it("is one of the package's components", () => {
        expect(() => {
            checkInputs(tokenOf("Platform"), {}, schema);
        }).toThrow("[encryption-in-transit:index:Platform] is no component of this package");
    });
});
