import * as pulumi from "@pulumi/pulumi";
import { Platform } from "../../components";
import { platformStack, readContract, readTenant, type PlatformStack } from "../../stacks/consumer";
import { contractSchema, publish } from "../../stacks/contract";
import { mockStack, sampleContract, sampleTenant } from "../../stacks/mockStack";
import { platformArgs, settingsFrom } from "../../stacks/settings";
import { computedByProviders, mockEngine, valueOf } from "../components/recorded";
import { kubeconfigOf, project, raw } from "./raw";

const who = "the platform's stack organization/encryption-in-transit/lab";

it("is read from a platform's stack", async () => {
    const stack = mockStack({ gatewayHost: "gateway.dev.bluefly.io" });
    expect(await readContract(stack)).toEqual({
        ...sampleContract,
        gatewayHost: "gateway.dev.bluefly.io",
    });
    expect(await readTenant(stack, "orders")).toEqual(sampleTenant);
});

it.each<[string, Readonly<Record<string, unknown>>, string]>([
    [
        "an older version",
        { contractVersion: 0 },
        "gives version 0 of the contract, and this program reads 1; bring the platform up to date with `pulumi up` there, or use the library of its version",
    ],
    [
        "a newer version",
        { contractVersion: 2 },
        "gives version 2 of the contract, and this program reads 1; use the library of the platform's version",
    ],
    [
        "no platform",
        { contractVersion: undefined },
        "gives no contractVersion: nothing was deployed there, or no platform; run `pulumi up` there first, or correct the name",
    ],
    [
        "a platform that waits for its signatures",
        { contractVersion: undefined, pkiRequests: { "workload-ca-g1": "PEM" } },
        "has no platform yet: its certificate authority waits for the signature of workload-ca-g1; have it signed as docs/runbooks/root-ceremony.md says, and run `pulumi up` there",
    ],
    [
        "the same version with fewer outputs",
        { leafAlgorithm: undefined, monitoringIdentity: undefined },
        "does not give leafAlgorithm, monitoringIdentity: it was built by an older version; bring it up to date with `pulumi up` there",
    ],
    [
        "an output of another type",
        { apiPort: "3001" },
        "gives outputs of another form (apiPort: Invalid input: expected number, received string); use the library of the platform's version",
    ],
])("is refused from %s", async (_case, changes, message) => {
    await expect(readContract(mockStack(changes))).rejects.toEqual(
        new pulumi.RunError(`${who} ${message}`),
    );
});

it("is refused where an output is a secret", async () => {
    const plain = mockStack();
    const stack: PlatformStack = {
        ...plain,
        getOutputDetails: async (name) =>
            name === "apiHost" ? { secretValue: {} } : plain.getOutputDetails(name),
    };
    await expect(readContract(stack)).rejects.toThrow(
        `${who} gives apiHost as a secret, which nobody can decrypt without its passphrase or key; the contract is public: take the secret out of the platform's outputs`,
    );
});

it("has nothing for a tenant that the platform does not know", async () => {
    await expect(readTenant(mockStack(), "refunds")).rejects.toThrow(
        `${who} does not give tenant.refunds.namespace, tenant.refunds.database, tenant.refunds.databaseRole, tenant.refunds.databaseSecret: it has no tenant refunds; have it added to tenants in the platform's configuration, and run \`pulumi up\` there`,
    );
});

it.each(["", "lab", "encryption-in-transit/lab", "a/b/c/d", "a b/c/d"])(
    "is not looked for in the stack %j",
    (name) => {
        expect(() => platformStack(name)).toThrow(
            `[platform] is ${JSON.stringify(name)}; allowed <organization>/<project>/<stack>; write for example organization/encryption-in-transit/lab`,
        );
    },
);

it("is flat and holds no PEM", () => {
    expect(Object.keys(sampleContract)).toEqual(Object.keys(contractSchema.shape));
    for (const value of [...Object.values(sampleContract), ...Object.values(sampleTenant)]) {
        expect(["string", "number"]).toContain(typeof value);
        expect(String(value)).not.toContain("-----BEGIN");
    }
});

it("is what a platform publishes, for each tenant too", async () => {
    mockEngine(computedByProviders);
    const settings = settingsFrom({
        project,
        raw: raw({
            administrators: { users: ["deployer"] },
            tenants: [
                {
                    name: "orders",
                    namespaces: ["orders", "orders-batch"],
                    group: "orders-team",
                    database: { role: "orders_app", name: "orders" },
                },
                { name: "refunds", namespaces: ["refunds"], group: "refunds-team" },
            ],
        }),
        env: { KUBECONFIG: kubeconfigOf("lab") },
        now: new Date("2026-11-24T10:00:00Z"),
        last: undefined,
    });
    if ("errors" in settings) throw new Error(settings.errors.join("\n"));
    const platform = new Platform("platform", platformArgs(settings));
    const outputs = await valueOf(pulumi.output(publish(platform, settings)));
    const stack = mockStack(outputs);
    expect(await readContract(stack)).toEqual({
        ...sampleContract,
        cipherSuites: "TLS_AES_256_GCM_SHA384:TLS_CHACHA20_POLY1305_SHA256:TLS_AES_128_GCM_SHA256",
        groups: "X25519:prime256v1:secp384r1",
        verifierImage: "lab/verify:0.1.0",
    });
    expect(await readTenant(stack, "orders")).toEqual(sampleTenant);
    expect(await readTenant(stack, "refunds")).toEqual({
        namespace: "refunds",
        database: "",
        databaseRole: "",
        databaseSecret: "",
    });
});
