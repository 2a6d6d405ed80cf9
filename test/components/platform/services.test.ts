import { madePlatform } from "./fixture";

interface Container {
    readonly name: string;
    readonly image: string;
    readonly env?: readonly { readonly name: string; readonly value: string }[];
    readonly volumeMounts: readonly { readonly name: string; readonly mountPath: string }[];
}

interface PodOwner {
    readonly template: { readonly spec: { readonly containers: readonly Container[] } };
}

let made: Awaited<ReturnType<typeof madePlatform>>;

beforeAll(async () => {
    made = await madePlatform();
});

const containersOf = (kind: string, name: string): readonly Container[] =>
    (made.find(kind, name)?.spec as PodOwner).template.spec.containers;

const container = (name: string): Container => {
    const [first] = containersOf("Deployment", name);
    if (first === undefined) throw new Error(`${name} has no container`);
    return first;
};

const envOf = ({ env = [] }: Container) =>
    Object.fromEntries(env.map(({ name, value }) => [name, value]));

const verifier = "verifier.llm-platform.svc";

it("tells the api where its stores and the agent mesh are, which files hold its passwords, and no password", () => {
    const api = container("api");
    expect(envOf(api)).toMatchObject({
        GATEWAY_IDENTITY: "gateway.llm-platform.svc",
        ALLOWED_CLIENTS: `${verifier},app.tenant.svc`,
        TLS_CLIENT_CERTIFICATE_DIR: "/etc/client-certs",
        POSTGRES_HOST: "postgres.llm-platform-data.svc",
        POSTGRES_PORT: "5432",
        POSTGRES_DATABASE: "llm_platform",
        POSTGRES_ROLE: "app_user",
        POSTGRES_PASSWORD_FILE: "/etc/postgres-credentials/password",
        REDIS_HOST: "redis.llm-platform-data.svc",
        REDIS_PORT: "6380",
        REDIS_USER: "api",
        REDIS_PASSWORD_FILE: "/etc/redis-credentials/password",
        AGENT_MESH_HOST: "agent-mesh.llm-platform.svc",
        AGENT_MESH_PORT: "50051",
    });
    expect(api.volumeMounts.map(({ mountPath }) => mountPath)).toEqual([
        "/etc/certs",
        "/etc/client-certs",
        "/etc/trust",
        "/etc/postgres-credentials",
        "/etc/redis-credentials",
        "/tmp",
    ]);
    expect(JSON.stringify(api)).not.toContain("password0of");
});

it("gives the api a client certificate whose common name is its database role", () => {
    expect(made.find("Certificate", "api-client")?.spec).toMatchObject({
        commonName: "app_user",
        dnsNames: ["api.llm-platform.svc"],
    });
});

it("puts an application's password where the application is, and the others where the store is", () => {
    const places = made.resources
        .filter(({ type }) => type.endsWith(":Secret"))
        .map(({ inputs }) => inputs.metadata as { namespace: string; name: string })
        .map(({ namespace, name }) => `${namespace}/${name}`);
    expect(places).toEqual([
        "cert-manager/ca-key-pair",
        "cert-manager/mesh-ca-key-pair",
        "llm-platform/postgres-credentials",
        "llm-platform-data/postgres-passwords",
        "tenant/postgres-credentials",
        "llm-platform/redis-credentials",
        "llm-platform-data/redis-probe",
        "llm-platform-data/redis-reload",
        "llm-platform-data/redis-users",
        "cert-manager/vpn-ca-key-pair",
    ]);
});

it("lets the verifier register alone, the api renew too, and others as config says", () => {
    expect(JSON.parse(envOf(container("agent-mesh")).ALLOWED_METHODS ?? "")).toEqual({
        [verifier]: ["RegisterAgent"],
        "api.llm-platform.svc": ["RegisterAgent", "RenewAgent"],
        "agent.tenant.svc": ["RegisterAgent"],
    });
    expect(envOf(container("agent-mesh"))).not.toHaveProperty("GATEWAY_IDENTITY");
    expect(made.find("Certificate", "agent-mesh-server")?.spec).toMatchObject({
        dnsNames: [
            "agent-mesh.llm-platform.svc",
            "agent-mesh.llm-platform.svc.cluster.local",
            "mesh.local.bluefly.io",
        ],
    });
});

it("tells the tracer whose tokens it takes, and shows it the issuer's public keys", () => {
    expect(envOf(container("tracer"))).toMatchObject({
        PORT: "3002",
        GATEWAY_IDENTITY: "gateway.llm-platform.svc",
        ALLOWED_CLIENTS: `${verifier},app.tenant.svc`,
        JWT_ISSUER: "https://id.local.bluefly.io",
        JWT_AUDIENCE: "tracer",
        JWT_ALGORITHM: "ES256",
        JWKS_FILE: "/etc/tracer-jwks/jwks.json",
        ALLOWED_ORIGINS: "https://console.local.bluefly.io,https://other.local.bluefly.io",
        MAX_PAYLOAD_BYTES: "65536",
        MAX_MESSAGES_PER_SECOND: "200",
    });
    expect(made.find("ConfigMap", "tracer-jwks")).toMatchObject({
        metadata: { name: "tracer-jwks", namespace: "llm-platform" },
        data: { "jwks.json": '{"keys":[]}' },
    });
});

it("gives both stores volumes as config says, and the same sidecar", () => {
    const claims = ["postgres", "redis"].map((name) => {
        const { volumeClaimTemplates } = made.find("StatefulSet", name)?.spec as {
            volumeClaimTemplates: { spec: object }[];
        };
        return volumeClaimTemplates.map(({ spec }) => spec);
    });
    const spec = {
        accessModes: ["ReadWriteOnce"],
        resources: { requests: { storage: "1Gi" } },
    };
    expect(claims).toEqual([[spec], [{ ...spec, storageClassName: "fast" }]]);
    for (const name of ["postgres", "redis"])
        expect(containersOf("StatefulSet", name).map(({ image }) => image)).toEqual([
            name === "postgres" ? "lab/postgres:17" : "lab/redis:8.0",
            "lab/reloader:0.1.0",
        ]);
});

it("leads the gateway's hosts to the api and to the tracer", () => {
    const { data } = made.find("ConfigMap", "gateway") as { data: Record<string, string> };
    expect(data["nginx.conf"]).toContain("server api.llm-platform.svc:3001;");
    expect(data["nginx.conf"]).toContain("server tracer.llm-platform.svc:3002;");
    expect(made.find("Certificate", "gateway-server")?.spec).toMatchObject({
        dnsNames: [
            "gateway.llm-platform.svc",
            "gateway.llm-platform.svc.cluster.local",
            "gateway.local.bluefly.io",
            "tracer.local.bluefly.io",
        ],
    });
});
