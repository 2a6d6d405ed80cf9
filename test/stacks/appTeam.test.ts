import { createOrders } from "../../stacks/app-team/orders";
import { readContract, readTenant } from "../../stacks/consumer";
import { mockStack } from "../../stacks/mockStack";
import { mockEngine, recorded } from "../components/recorded";

/** A consumer's unit test as a team would write it: no engine, no platform, and a stack that is made of plain values. */
async function made(changes: Readonly<Record<string, unknown>> = {}) {
    mockEngine();
    const stack = mockStack(changes);
    createOrders({
        contract: await readContract(stack),
        tenant: await readTenant(stack, "orders"),
        image: "lab/orders:0.1.0",
    });
    const resources = await recorded();
    return (kind: string, name: string): unknown =>
        resources.find((one) => one.type.endsWith(`:${kind}`) && one.name === name)?.inputs;
}

it("asks the platform's issuer for the names of its own, and for its role as a client", async () => {
    const find = await made({ issuerName: "another-ca", "tenant.orders.databaseRole": "shop" });
    const issuerRef = { name: "another-ca", kind: "ClusterIssuer" };
    expect(find("Certificate", "orders-server")).toMatchObject({
        metadata: { namespace: "orders" },
        spec: { issuerRef, dnsNames: ["orders.orders.svc", "orders.orders.svc.cluster.local"] },
    });
    expect(find("Certificate", "orders-client")).toMatchObject({
        spec: { issuerRef, commonName: "shop", dnsNames: ["orders.orders.svc"] },
    });
    expect(find("Certificate", "web-client")).toMatchObject({
        spec: {
            issuerRef,
            dnsNames: ["web.orders.svc"],
            usages: expect.arrayContaining(["client auth"]) as unknown,
        },
    });
});

it("calls what the contract names, by its bundle and its tenant's credentials", async () => {
    const find = await made({
        apiPort: 4001,
        trustBundleName: "another-trust",
        "tenant.orders.databaseSecret": "another-secret",
    });
    const { spec } = find("Deployment", "orders") as {
        spec: { template: { spec: { containers: [{ env: unknown }]; volumes: unknown } } };
    };
    const { containers, volumes } = spec.template.spec;
    expect(containers[0].env).toEqual(
        expect.arrayContaining([
            { name: "API_HOST", value: "api.llm-platform.svc" },
            { name: "API_PORT", value: "4001" },
            { name: "POSTGRES_DATABASE", value: "orders" },
            { name: "POSTGRES_ROLE", value: "orders_app" },
        ]),
    );
    expect(JSON.stringify(volumes)).toContain('"name":"another-trust"');
    expect(JSON.stringify(volumes)).toContain('"secretName":"another-secret"');
    expect(find("NetworkPolicy", "orders")).toMatchObject({
        spec: {
            egress: [expect.anything(), { ports: [{ port: 4001 }] }, { ports: [{ port: 5432 }] }],
        },
    });
});
