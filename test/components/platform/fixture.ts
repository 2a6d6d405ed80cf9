import { Platform, RootMode, type HierarchyArgs, type PlatformArgs } from "../../../components";
import { KeyAlgorithm, TlsProfileName } from "../../../components/tls/profile";
import { computedByProviders, mockEngine, recorded, type Recorded } from "../recorded";

/** An intermediate of the first root, which issues. */
function hierarchyOf(generation: number): HierarchyArgs {
    return {
        roots: [{ generation: 1, isCurrent: true }],
        intermediates: [{ generation, rootGeneration: 1, isIssuing: true }],
    };
}

/** An environment with a tenant that uses everything. */
export const args: PlatformArgs = {
    domain: "local.bluefly.io",
    namespace: "llm-platform",
    dataNamespace: "llm-platform-data",
    certManagerNamespace: "cert-manager",
    profile: TlsProfileName.Modern,
    pki: {
        rootMode: RootMode.Managed,
        workload: hierarchyOf(2),
        mesh: hierarchyOf(2),
        vpn: hierarchyOf(2),
    },
    leaf: { lifetimeHours: 2160, renewBeforeHours: 720, algorithm: KeyAlgorithm.EcdsaP256 },
    gateway: { image: "lab/nginx:1.26", replicas: 2 },
    api: { image: "lab/api:0.1.0", replicas: 2, clients: ["app.tenant.svc"] },
    postgres: { image: "lab/postgres:17", storage: { size: "1Gi" } },
    redis: { image: "lab/redis:8.0", storage: { size: "1Gi", storageClass: "fast" } },
    reloader: { image: "lab/reloader:0.1.0" },
    agentMesh: {
        image: "lab/agent-mesh:0.1.0",
        replicas: 2,
        clients: [{ identity: "agent.tenant.svc", methods: ["RegisterAgent"] }],
    },
    tracer: {
        image: "lab/tracer:0.1.0",
        replicas: 2,
        clients: ["app.tenant.svc"],
        origins: ["https://console.local.bluefly.io", "https://other.local.bluefly.io"],
        issuer: "https://id.local.bluefly.io",
        audience: "tracer",
        algorithm: "ES256",
        jwks: '{"keys":[]}',
    },
    monitoringIdentity: "prometheus.monitoring.svc",
    administrators: { users: ["deployer"], groups: [] },
    tenants: [
        {
            name: "tenant",
            namespaces: ["tenant"],
            group: "tenant-team",
            hosts: ["tenant.example.com"],
            commonNames: ["tenant_reader"],
            database: { role: "tenant_app", name: "tenant" },
            allows: [
                { to: "gateway.llm-platform.svc", port: 8443 },
                { to: "api.llm-platform.svc", port: 3001 },
                { to: "agent-mesh.llm-platform.svc", port: 50051 },
                { to: "tracer.llm-platform.svc", port: 3002 },
                { to: "postgres.llm-platform-data.svc", port: 5432 },
            ].map((flow) => ({ from: "app.tenant.svc", ...flow })),
        },
    ],
};

/** The environment as the engine would be asked for it. */
export async function madePlatform() {
    mockEngine(computedByProviders);
    const platform = new Platform("platform", args);
    const resources = await recorded();
    const find = (kind: string, name: string): Recorded["inputs"] | undefined =>
        resources.find((one) => one.type.endsWith(`:${kind}`) && one.name === name)?.inputs;
    return { platform, resources, find };
}
