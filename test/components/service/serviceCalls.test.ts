import { SecureService, type SecureServiceArgs } from "../../../components/service/secureService";
import { serviceEnv } from "../../../components/service/servicePods";
import { KeyAlgorithm, TlsProfileName } from "../../../components/tls/profile";
import { toDns } from "../pods";
import { mockEngine, recorded } from "../recorded";

/** A service that uses everything a service may use. */
const args: SecureServiceArgs = {
    namespace: "llm-platform",
    image: "lab/api:0.1.0",
    replicas: 2,
    port: 3001,
    profile: TlsProfileName.Modern,
    trustBundleName: "workload-trust",
    issuance: {
        issuerName: "internal-ca",
        issuerKind: "ClusterIssuer",
        lifetimeHours: 2160,
        renewBeforeHours: 720,
        algorithm: KeyAlgorithm.EcdsaP256,
    },
    hosts: ["mesh.local.bluefly.io"],
    metricsClients: ["prometheus.monitoring.svc"],
    callers: ["verifier"],
    callerNamespaces: [],
    monitoringNamespace: "monitoring",
    env: { POSTGRES_HOST: "postgres.llm-platform-data.svc" },
    secrets: [{ name: "postgres-credentials", mountPath: "/etc/postgres-credentials" }],
    configMaps: [{ name: "tracer-jwks", mountPath: "/etc/tracer-jwks" }],
    calls: {
        commonName: "app_user",
        peers: [
            { service: "postgres", namespace: "llm-platform-data", port: 5432 },
            { service: "agent-mesh", namespace: "llm-platform", port: 50051 },
        ],
    },
};

interface Pods {
    readonly template: {
        readonly spec: {
            readonly containers: readonly {
                readonly env: readonly { readonly name: string; readonly value: string }[];
                readonly volumeMounts: readonly { readonly mountPath: string }[];
            }[];
            readonly volumes: readonly object[];
        };
    };
}

const made = async (changes: Partial<SecureServiceArgs> = {}) => {
    mockEngine();
    const service = new SecureService("api", { ...args, ...changes });
    const resources = await recorded();
    const specOf = (kind: string, name = "api") =>
        resources.find((one) => one.type.endsWith(`:${kind}`) && one.name === name)?.inputs.spec;
    const pod = (specOf("Deployment") as Pods).template.spec;
    const env = Object.fromEntries(
        pod.containers[0]?.env.map(({ name, value }) => [name, value]) ?? [],
    );
    return { service, specOf, pod, env };
};

it("shows a certificate of a client where it calls, with the name that the peer reads", async () => {
    const { service, specOf, env } = await made();
    expect(service.clientSecretName).toBe("api-client");
    expect(specOf("Certificate", "api-client")).toMatchObject({
        secretName: "api-client",
        commonName: "app_user",
        dnsNames: ["api.llm-platform.svc"],
        usages: ["digital signature", "client auth"],
    });
    expect(env.TLS_CLIENT_CERTIFICATE_DIR).toBe("/etc/client-certs");
});

it("reads what it is given, as files that follow their source", async () => {
    const { pod, env } = await made();
    expect(pod.containers[0]?.volumeMounts).toEqual([
        { name: "certificate", mountPath: "/etc/certs", readOnly: true },
        { name: "client-certificate", mountPath: "/etc/client-certs", readOnly: true },
        { name: "trust", mountPath: "/etc/trust", readOnly: true },
        {
            name: "secret-postgres-credentials",
            mountPath: "/etc/postgres-credentials",
            readOnly: true,
        },
        { name: "config-tracer-jwks", mountPath: "/etc/tracer-jwks", readOnly: true },
        { name: "temporary", mountPath: "/tmp" },
    ]);
    expect(pod.volumes).toEqual([
        { name: "certificate", secret: { secretName: "api-server", defaultMode: 0o440 } },
        { name: "client-certificate", secret: { secretName: "api-client", defaultMode: 0o440 } },
        { name: "trust", configMap: { name: "workload-trust" } },
        {
            name: "secret-postgres-credentials",
            secret: { secretName: "postgres-credentials", defaultMode: 0o440 },
        },
        { name: "config-tracer-jwks", configMap: { name: "tracer-jwks" } },
        { name: "temporary", emptyDir: { medium: "Memory", sizeLimit: "16Mi" } },
    ]);
    expect(env.POSTGRES_HOST).toBe("postgres.llm-platform-data.svc");
});

it("opens connections to its peers and to nothing else", async () => {
    const { specOf } = await made();
    expect(specOf("NetworkPolicy")).toMatchObject({
        egress: [
            toDns,
            {
                to: [
                    {
                        namespaceSelector: {
                            matchLabels: { "kubernetes.io/metadata.name": "llm-platform-data" },
                        },
                        podSelector: { matchLabels: { app: "postgres" } },
                    },
                ],
                ports: [{ protocol: "TCP", port: 5432 }],
            },
            {
                to: [{ podSelector: { matchLabels: { app: "agent-mesh" } } }],
                ports: [{ protocol: "TCP", port: 50051 }],
            },
        ],
    });
});

it("answers to its hosts, believes no gateway and lets nobody in where it is told of none", async () => {
    const { specOf, env } = await made();
    expect(specOf("Certificate", "api-server")).toMatchObject({
        dnsNames: [
            "api.llm-platform.svc",
            "api.llm-platform.svc.cluster.local",
            "mesh.local.bluefly.io",
        ],
    });
    expect(Object.keys(env)).not.toContain("GATEWAY_IDENTITY");
    expect(Object.keys(env)).not.toContain("ALLOWED_CLIENTS");
    expect(specOf("NetworkPolicy")).toMatchObject({
        ingress: [
            {
                from: [{ podSelector: { matchLabels: { app: "verifier" } } }],
                ports: [{ protocol: "TCP", port: 3001 }],
            },
            { ports: [{ protocol: "TCP", port: 9443 }] },
        ],
    });
});

it.each(["TLS_GROUPS", "METRICS_CLIENTS", "TLS_CLIENT_CERTIFICATE_DIR"])(
    "takes no %s of its own, which others decide",
    (name) => {
        expect(() => serviceEnv({ ...args, env: { [name]: "X25519" } })).toThrow(
            `[env] has ${name}, which follows from other arguments; leave it out`,
        );
    },
);
