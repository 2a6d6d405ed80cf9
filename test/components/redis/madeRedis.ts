import { RedisCache, type RedisCacheArgs } from "../../../components/redis/redisCache";
import { KeyAlgorithm, TlsProfileName } from "../../../components/tls/profile";
import { mockEngine, recorded, type Recorded } from "../recorded";

export const redisArgs: RedisCacheArgs = {
    namespace: "llm-platform-data",
    image: "lab/redis:8.0",
    reloaderImage: "lab/reloader:0.1.0",
    profile: TlsProfileName.Fips,
    host: "redis.local.bluefly.io",
    trustBundleName: "workload-trust",
    issuance: {
        issuerName: "internal-ca",
        issuerKind: "ClusterIssuer",
        lifetimeHours: 2160,
        renewBeforeHours: 720,
        algorithm: KeyAlgorithm.EcdsaP256,
    },
    storage: { size: "1Gi" },
    applications: [
        {
            name: "api",
            keyPrefix: "api:",
            namespace: "llm-platform",
            credentialsSecretName: "redis-credentials",
        },
    ],
    clients: [
        { namespace: "llm-platform", service: "api" },
        { namespace: "llm-platform", service: "verifier" },
    ],
    metricsClients: ["prometheus.monitoring.svc"],
    monitoringNamespace: "monitoring",
};

export const passwordOf = (user: string) => `${user}${"0".repeat(40)}`;

/** The component under mocks, what it makes, and the inputs of one of them. */
export const made = async (changes: Partial<RedisCacheArgs> = {}) => {
    mockEngine(({ type, name }) =>
        type === "random:index/randomPassword:RandomPassword"
            ? { result: passwordOf(name.replace("redis-", "")) }
            : {},
    );
    const redis = new RedisCache("redis", { ...redisArgs, ...changes });
    const resources = await recorded();
    const inputsOf = (kind: string, name = "redis") =>
        resources.find((one) => one.type.endsWith(`:${kind}`) && one.name === name)?.inputs as
            Record<string, Recorded["inputs"]> | undefined;
    return { redis, resources, inputsOf };
};

export const metadata = { name: "redis", namespace: "llm-platform-data" };
