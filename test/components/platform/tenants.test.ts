import { Platform } from "../../../components";
import { computedByProviders, mockEngine, recorded } from "../recorded";
import { args, madePlatform } from "./fixture";

interface PolicySpec {
    readonly selector: { readonly namespace: { readonly matchNames: readonly string[] } };
    readonly allowed: { readonly commonName?: unknown; readonly dnsNames: unknown };
}

it("lets the platform's own workloads have the names that they ask for, and the tenant's its own", async () => {
    const { find } = await madePlatform();
    const spec = (name: string) =>
        find("CertificateRequestPolicy", name)?.spec as PolicySpec | undefined;
    expect(spec("platform-server")?.selector.namespace.matchNames).toEqual([
        "llm-platform",
        "llm-platform-data",
    ]);
    expect(JSON.stringify(spec("platform-server")?.allowed.dnsNames)).toContain(
        JSON.stringify(
            'self in ["gateway.local.bluefly.io", "mesh.local.bluefly.io", "postgres.local.bluefly.io", "redis.local.bluefly.io", "tracer.local.bluefly.io"]',
        ).slice(1, -1),
    );
    expect(JSON.stringify(spec("platform-client")?.allowed.commonName)).toContain("app_user");
    expect(JSON.stringify(spec("tenant-client")?.allowed.commonName)).toContain("tenant_reader");
    expect(JSON.stringify(spec("tenant-client")?.allowed.commonName)).toContain("tenant_app");
    expect(spec("tenant-server")?.selector.namespace.matchNames).toEqual(["tenant"]);
});

it("has a tenant's role in PostgreSQL, its credentials with the tenant, and the platform's own where they were", async () => {
    const { find, resources } = await madePlatform();
    const { data } = find("ConfigMap", "postgres") as { data: Readonly<Record<string, string>> };
    const logins = data["pg_hba.conf"]?.split("\n").filter((line) => line.startsWith("hostssl"));
    expect(logins).toEqual([
        'hostssl "llm_platform" "app_user" all scram-sha-256 clientcert=verify-full',
        'hostssl "tenant" "tenant_app" all scram-sha-256 clientcert=verify-full',
    ]);
    const places = resources
        .filter(({ inputs }) => inputs.type === "kubernetes.io/basic-auth")
        .map(({ name: ofRole, inputs }) => {
            const { namespace, name } = inputs.metadata as { namespace: string; name: string };
            return `${ofRole} in ${namespace}/${name}`;
        });
    expect(places).toEqual(
        expect.arrayContaining([
            "postgres-app_user in llm-platform/postgres-credentials",
            "postgres-tenant_app in tenant/postgres-credentials",
        ]),
    );
});

it("lets no tenant into PostgreSQL that has no database there", async () => {
    mockEngine(computedByProviders);
    const [tenant] = args.tenants;
    const { name = "", namespaces = [], group = "" } = tenant ?? {};
    new Platform("platform", { ...args, tenants: [{ name, namespaces, group }] });
    const policy = (await recorded()).find(
        ({ type, name }) => type.endsWith(":NetworkPolicy") && name === "postgres",
    );
    expect(JSON.stringify(policy)).toContain('"llm-platform"');
    expect(JSON.stringify(policy)).not.toContain('"tenant"');
});

it("has neither policies nor grants where nobody is named who may change the platform", async () => {
    mockEngine(computedByProviders);
    new Platform("platform", {
        ...args,
        administrators: { users: [], groups: [] },
        tenants: [],
    });
    const types = new Set((await recorded()).map(({ type }) => type));
    for (const kind of ["ValidatingAdmissionPolicy", "CertificateRequestPolicy", "Role"])
        expect([...types].filter((type) => type.endsWith(`:${kind}`))).toEqual([]);
});
