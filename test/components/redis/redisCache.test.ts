import { createHash } from "node:crypto";
import { RedisCache, type RedisCacheArgs } from "../../../components/redis/redisCache";
import { renderRedisConf } from "../../../components/redis/redisConf";
import { probeScript } from "../../../components/redis/redisPods";
import { renderUsersConf } from "../../../components/redis/redisUsers";
import { renderOpensslConf } from "../../../components/tls/opensslConf";
import { tlsProfile, TlsProfileName } from "../../../components/tls/profile";
import { fromMonitoring, toDns } from "../pods";
import { mockEngine, recorded } from "../recorded";
import { made, metadata, passwordOf, redisArgs as args } from "./madeRedis";

it("gives away how it is dialled and nothing more", async () => {
    const { redis } = await made();
    expect(redis).toMatchObject({
        identity: "redis.llm-platform-data.svc",
        port: 6380,
        serverSecretName: "redis-server",
    });
});

it("has these children", async () => {
    const { resources } = await made();
    expect(resources.map(({ type, name }) => `${type} ${name}`)).toEqual([
        "kubernetes:apps/v1:StatefulSet redis",
        "kubernetes:cert-manager.io/v1:Certificate redis-server",
        "kubernetes:core/v1:ConfigMap redis",
        "kubernetes:core/v1:Secret redis-api-credentials",
        "kubernetes:core/v1:Secret redis-probe",
        "kubernetes:core/v1:Secret redis-reload",
        "kubernetes:core/v1:Secret redis-users",
        "kubernetes:core/v1:Service redis",
        "kubernetes:core/v1:ServiceAccount redis",
        "kubernetes:networking.k8s.io/v1:NetworkPolicy redis",
        "random:index/randomPassword:RandomPassword redis-api",
        "random:index/randomPassword:RandomPassword redis-probe",
        "random:index/randomPassword:RandomPassword redis-reload",
        "random:index/randomPassword:RandomPassword redis-replica",
    ]);
});

it("is configured by texts that preview knows", async () => {
    const { inputsOf } = await made();
    const profile = tlsProfile(TlsProfileName.Fips);
    expect(inputsOf("ConfigMap")).toEqual({
        apiVersion: "v1",
        kind: "ConfigMap",
        metadata,
        data: {
            "redis.conf": renderRedisConf({ profile, port: 6380, maxMemoryMiB: 128 }),
            "openssl.cnf": renderOpensslConf(profile),
            "probe.sh": probeScript,
        },
    });
});

const hashOf = async (changes: Partial<RedisCacheArgs> = {}) => {
    const { inputsOf } = await made(changes);
    return JSON.stringify(inputsOf("StatefulSet")).match(/config-sha256":"([0-9a-f]{64})/)?.[1];
};

it("rolls its pod when a setting, a user or its keys change, and not otherwise", async () => {
    const [application] = args.applications;
    const before = await hashOf();
    expect(before).toBeDefined();
    expect(await hashOf()).toBe(before);
    expect(await hashOf({ metricsClients: [] })).toBe(before);
    const changes = [
        { maxMemoryMiB: 64 },
        { profile: TlsProfileName.Modern },
        { applications: [{ ...application, keyPrefix: "other:" } as typeof application & object] },
    ];
    for (const change of changes) expect(await hashOf(change)).not.toBe(before);
});

const base64 = (text: string) => Buffer.from(text).toString("base64");

/** The type tells policies that the Secret configures no program. */
const login = (user: string) => ({
    type: "kubernetes.io/basic-auth",
    data: { secret: { username: base64(user), password: base64(passwordOf(user)) } },
});

it("puts each password where it is needed, as a secret, and its hash into Redis' own file", async () => {
    const { resources } = await made();
    const secrets = resources.filter(({ type }) => type.endsWith(":Secret"));
    const usersConf = {
        "users.conf": base64(renderUsersConf(args.applications, passwordOf)),
    };
    expect(secrets.map(({ inputs }) => inputs)).toEqual(
        [
            ["llm-platform", "redis-credentials", login("api")],
            ["llm-platform-data", "redis-probe", login("probe")],
            ["llm-platform-data", "redis-reload", login("reload")],
            ["llm-platform-data", "redis-users", { data: { secret: usersConf } }],
        ].map(([namespace, name, rest]) => ({
            apiVersion: "v1",
            kind: "Secret",
            metadata: { name, namespace },
            ...(rest as object),
        })),
    );
    const rest = resources.filter(({ type }) => !type.endsWith(":Secret"));
    const sha256 = createHash("sha256").update(passwordOf("api")).digest("hex");
    expect(JSON.stringify(rest)).not.toMatch(new RegExp(`0{40}|${sha256}`));
});

it("makes passwords of 256 bits, of letters and digits", async () => {
    const { inputsOf } = await made();
    for (const user of ["api", "probe", "reload", "replica"])
        expect(inputsOf("RandomPassword", `redis-${user}`)).toEqual({ length: 43, special: false });
});

it("has ports that say TLS, and no other", async () => {
    const { inputsOf } = await made();
    expect(inputsOf("Service")).toEqual({
        apiVersion: "v1",
        kind: "Service",
        metadata,
        spec: {
            selector: { app: "redis" },
            ports: [
                { name: "tls-redis", appProtocol: "tls", port: 6380, targetPort: 6380 },
                { name: "tls-metrics", appProtocol: "tls", port: 9443, targetPort: 9443 },
            ],
        },
    });
});

it("is reached by its clients' pods and the monitor, and calls nobody", async () => {
    const { inputsOf } = await made();
    const podsOf = (app: string) => ({
        namespaceSelector: { matchLabels: { "kubernetes.io/metadata.name": "llm-platform" } },
        podSelector: { matchLabels: { app } },
    });
    expect(inputsOf("NetworkPolicy")?.spec).toEqual({
        podSelector: { matchLabels: { app: "redis" } },
        policyTypes: ["Ingress", "Egress"],
        ingress: [
            {
                from: [podsOf("api"), podsOf("verifier")],
                ports: [{ protocol: "TCP", port: 6380 }],
            },
            fromMonitoring,
        ],
        egress: [toDns],
    });
});

it("has an account without a token", async () => {
    const { inputsOf } = await made();
    expect(inputsOf("ServiceAccount")).toMatchObject({ automountServiceAccountToken: false });
});

it("has a certificate of a server, for the names inside and outside", async () => {
    const { inputsOf } = await made();
    expect(inputsOf("Certificate", "redis-server")?.spec).toMatchObject({
        secretName: "redis-server",
        dnsNames: [
            "redis.llm-platform-data.svc",
            "redis.llm-platform-data.svc.cluster.local",
            "redis.local.bluefly.io",
        ],
        usages: ["digital signature", "server auth"],
    });
});

it.each<[string, Partial<RedisCacheArgs>, string]>([
    [
        "no client, which would be everybody",
        { clients: [] },
        "[clients] is empty; allowed one or more",
    ],
    [
        "two monitors in one name",
        { metricsClients: ["a.b,c.d"] },
        '[metricsClients.0] is "a.b,c.d"; allowed a lower-case DNS name of two labels or more, of at most 63 characters each and 253 in all, without scheme, port, wildcard or trailing dot, and no address',
    ],
    [
        "a host that is none",
        { host: "redis" },
        '[hosts] is "redis"; allowed a lower-case DNS name of two labels or more, of at most 63 characters each and 253 in all, without scheme, port, wildcard or trailing dot, and no address',
    ],
])("refuses %s", async (_case, changes, message) => {
    mockEngine();
    expect(() => new RedisCache("redis", { ...args, ...changes })).toThrow(new Error(message));
    // What was begun before the refusal is not for the next test's engine.
    await recorded();
});
