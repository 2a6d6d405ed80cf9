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
    expect(spec("tenant-server")?.selector.namespace.matchNames).toEqual(["tenant"]);
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
