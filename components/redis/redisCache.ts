import * as k8s from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import { childOf } from "../childOptions";
import { configHash, configHashAnnotation } from "../kubernetes/configHash";
import { allow, podsIn, podsOfNamespace } from "../kubernetes/networkPolicy";
import {
    createStatefulWorkload,
    type StorageArgs,
    type StoreClientArgs,
} from "../kubernetes/statefulWorkload";
import { workloadLabels } from "../kubernetes/workload";
import {
    CertificateUsage,
    WorkloadCertificate,
    type IssuanceArgs,
} from "../pki/workloadCertificate";
import { checkedHostName } from "../tls/hostName";
import { opensslConfKey, renderOpensslConf } from "../tls/opensslConf";
import { tlsProfile, type TlsProfileName } from "../tls/profile";
import { renderRedisConf } from "./redisConf";
import {
    dataVolume,
    probeScript,
    redisContainer,
    redisGraceSeconds,
    redisMounts,
    redisPorts,
    redisUid,
    reloaderContainer,
} from "./redisPods";
import { createRedisSecrets, redisSecretNames, type RedisApplicationArgs } from "./redisSecrets";
import { renderUsersConf } from "./redisUsers";

/** All plain: what is rendered from them must be known in preview. */
export interface RedisCacheArgs {
    namespace: string;
    /** Redis 8.0 with TLS, sh and cat, by tag or digest. */
    image: string;
    /** Image of the sidecar that keeps docs/images.md. */
    reloaderImage: string;
    profile: TlsProfileName;
    /** Host outside the cluster that its certificate names too, for example `redis.local.bluefly.io`. */
    host: string;
    /** ConfigMap with the roots of clients. */
    trustBundleName: string;
    issuance: IssuanceArgs;
    /** Volume of the log of writes: three times `maxMemoryMiB` or more. */
    storage: StorageArgs;
    /** Memory of the data in MiB, 16 to 65536; the container may take twice that. Defaults to 128. */
    maxMemoryMiB?: number;
    /** Who may use it, and which keys, one or more. */
    applications: RedisApplicationArgs[];
    /** Workloads whose pods may connect, one or more. */
    clients: StoreClientArgs[];
    /** Identities that may read the metrics. */
    metricsClients: string[];
    /** Namespace from which metrics are read. */
    monitoringNamespace: string;
}

/**
 * One Redis that is reached over mutual TLS 1.3 alone, by applications that see nothing but their own keys; its certificate is
 * replaced in place. While its pod is replaced there is none: a cache's clients go on without.
 */
export class RedisCache extends pulumi.ComponentResource {
    /** Lets a policy match the component itself with `validateResourceOfType`. */
    public static readonly __pulumiType = "encryption-in-transit:index:RedisCache";

    /** Name under which it is dialled inside the cluster. */
    public readonly identity: string;
    public readonly port: number;
    /** Secret of its certificate. */
    public readonly serverSecretName: string;

    constructor(name: string, args: RedisCacheArgs, opts?: pulumi.ComponentResourceOptions) {
        super(RedisCache.__pulumiType, name, args, opts);
        check(args);
        const child = childOf(this, opts);
        const { namespace, issuance, applications } = args;
        const server = new WorkloadCertificate(
            `${name}-server`,
            {
                namespace,
                service: name,
                usage: CertificateUsage.Server,
                hosts: [args.host],
                issuance,
            },
            child,
        );
        this.identity = server.identity;
        this.port = redisPorts.tls;
        this.serverSecretName = server.secretName;

        const files = redisFiles(args);
        const config = new k8s.core.v1.ConfigMap(
            name,
            { metadata: { name, namespace }, data: files },
            child,
        );
        const secrets = createRedisSecrets(name, namespace, applications, child);
        createAccess(name, args, child);
        createRedis(
            name,
            args,
            { ...files, users: rightsOf(args) },
            pulumi.mergeOptions(child, { dependsOn: [config, server, ...secrets] }),
        );
        this.registerOutputs({
            identity: this.identity,
            port: this.port,
            serverSecretName: this.serverSecretName,
        });
    }
}

function check({ clients, metricsClients }: RedisCacheArgs): void {
    // A flow without peers would be one from everywhere.
    if (clients.length === 0) throw new Error("[clients] is empty; allowed one or more");
    metricsClients.forEach((client, index) => checkedHostName(`metricsClients.${index}`, client));
}

const defaultMaxMemoryMiB = 128;

const redisFiles = ({ profile, maxMemoryMiB }: RedisCacheArgs): Record<string, string> => ({
    "redis.conf": renderRedisConf({
        profile: tlsProfile(profile),
        port: redisPorts.tls,
        maxMemoryMiB: maxMemoryMiB ?? defaultMaxMemoryMiB,
    }),
    [opensslConfKey]: renderOpensslConf(tlsProfile(profile)),
    "probe.sh": probeScript,
});

/** What users may do, as a text that preview knows: Redis reads its users when it starts, so a change must roll the pod. */
const rightsOf = ({ applications }: RedisCacheArgs): string =>
    renderUsersConf(applications, () => "0".repeat(32));

function createRedis(
    name: string,
    args: RedisCacheArgs,
    hashed: Readonly<Record<string, string>>,
    opts: pulumi.CustomResourceOptions,
): void {
    const mounts = redisMounts({
        config: name,
        server: `${name}-server`,
        trustBundle: args.trustBundleName,
        ...redisSecretNames(name),
    });
    createStatefulWorkload(
        {
            name,
            namespace: args.namespace,
            uid: redisUid,
            annotations: { [configHashAnnotation]: configHash(hashed) },
            containers: [
                redisContainer({
                    image: args.image,
                    maxMemoryMiB: args.maxMemoryMiB ?? defaultMaxMemoryMiB,
                    mounts,
                }),
                reloaderContainer({ ...args, image: args.reloaderImage, mounts }),
            ],
            mounts: [...mounts.both, ...mounts.redis, ...mounts.reload],
            data: { name: dataVolume, storage: args.storage },
            graceSeconds: redisGraceSeconds,
        },
        opts,
    );
}

function createAccess(
    name: string,
    args: RedisCacheArgs,
    opts: pulumi.CustomResourceOptions,
): void {
    const metadata = { name, namespace: args.namespace };
    const ports = [
        { name: "tls-redis", port: redisPorts.tls },
        { name: "tls-metrics", port: redisPorts.metrics },
    ].map((port) => ({ ...port, appProtocol: "tls", targetPort: port.port }));
    new k8s.core.v1.Service(
        name,
        { metadata, spec: { selector: workloadLabels(name), ports } },
        opts,
    );
    new k8s.networking.v1.NetworkPolicy(name, { metadata, spec: redisFlows(name, args) }, opts);
}

const redisFlows = (name: string, args: RedisCacheArgs) =>
    allow(name, {
        ingress: [
            {
                peers: args.clients.map(({ namespace, service }) =>
                    podsOfNamespace(service, namespace),
                ),
                ports: [redisPorts.tls],
            },
            { peers: [podsIn(args.monitoringNamespace)], ports: [redisPorts.metrics] },
        ],
        egress: [],
    });
