import { issueLeaf, platformSigner, type Credentials } from "../credentials";
import { readCredentials, readSecret, type Platform } from "../platform";
import { edgeOf, expose, withdrawAll } from "../reach";
import { TokenIssuer } from "../tokens";
import { GrpcHop } from "./grpc";
import { HttpsHop } from "./https";
import { PostgresHop } from "./postgres";
import { RedisHop } from "./redis";
import { StreamHop } from "./webSocket";

/** Every hop that a client can use, with what its own client shows there. */
export interface PlatformHops {
    readonly gateway: HttpsHop;
    readonly api: HttpsHop;
    readonly postgres: PostgresHop;
    readonly redis: RedisHop;
    readonly agentMesh: GrpcHop;
    readonly tracer: StreamHop;
    /** The tracer through the gateway. */
    readonly gatewayTracer: StreamHop;
}

export type HopName = keyof PlatformHops;

export const hopNames: readonly HopName[] = [
    "gateway",
    "api",
    "postgres",
    "redis",
    "agentMesh",
    "tracer",
    "gatewayTracer",
];

/** A workload of the platform, and the Secret that its server's certificate comes from. */
export interface Server {
    readonly workload: string;
    readonly namespace: string;
    readonly secret: string;
}

/** Who ends TLS on each hop. */
export function serversOf({ outputs, namespace }: Platform): Record<HopName, Server> {
    const server = (workload: string, secret: unknown, at: unknown = namespace): Server => ({
        workload,
        namespace: String(at),
        secret: String(secret),
    });
    const gateway = server("gateway", outputs.gatewayServerSecret);
    return {
        gateway,
        api: server("api", outputs.apiServerSecret),
        postgres: server("postgres", outputs.postgresServerSecret, outputs.dataNamespace),
        redis: server("redis", outputs.redisServerSecret, outputs.dataNamespace),
        agentMesh: server("agent-mesh", outputs.agentMeshServerSecret),
        tracer: server("tracer", outputs.tracerServerSecret),
        gatewayTracer: gateway,
    };
}

/** What `openHops` opened in the cluster, and how to take it back. */
export interface OpenHops {
    readonly hops: PlatformHops;
    readonly issuer: TokenIssuer;
    close(): Promise<void>;
}

const whoami = "/v1/whoami";

/** Opens a way to each server that no load balancer leads to, and brings a key to sign tokens with. */
export async function openHops(platform: Platform): Promise<OpenHops> {
    const { outputs, trust, namespace } = platform;
    const servers = serversOf(platform);
    const reach = (name: HopName, port: unknown) => expose(platform, servers[name], Number(port));
    const client = await readCredentials(platform, namespace, String(outputs.verifierSecret));
    const application = await applicationCredentials(platform);
    const issuer = await TokenIssuer.install(platform);
    const tokenFor = (credentials: Credentials): string => issuer.tokenFor(credentials);
    const endpoint = (name: string, host: unknown) => ({ name, host: String(host), trust });
    const tracer = {
        ...endpoint("tracer", outputs.tracerServiceHost),
        address: await reach("tracer", outputs.tracerServicePort),
    };
    const through = (host: unknown) => edgeOf(platform, String(host), Number(outputs.gatewayPort));
    const hops: PlatformHops = {
        gateway: new HttpsHop(
            {
                ...endpoint("gateway", outputs.gatewayHost),
                path: whoami,
                address: await through(outputs.gatewayHost),
            },
            client,
        ),
        api: new HttpsHop(
            {
                ...endpoint("api", outputs.apiHost),
                path: whoami,
                address: await reach("api", outputs.apiPort),
            },
            client,
        ),
        postgres: new PostgresHop(
            {
                ...endpoint("postgres", outputs.postgresHost),
                address: await reach("postgres", outputs.postgresPort),
            },
            application,
            {
                user: String(outputs.postgresRole),
                database: String(outputs.postgresDatabase),
                password: await readSecret(platform, namespace, "postgres-credentials", "password"),
            },
        ),
        redis: new RedisHop(
            {
                ...endpoint("redis", outputs.redisHost),
                address: await reach("redis", outputs.redisPort),
            },
            application,
            {
                user: "api",
                password: await readSecret(platform, namespace, "redis-credentials", "password"),
            },
        ),
        agentMesh: new GrpcHop(
            {
                ...endpoint("agent-mesh", outputs.agentMeshHost),
                address: await reach("agentMesh", outputs.agentMeshPort),
            },
            client,
        ),
        tracer: new StreamHop(tracer, client, tokenFor),
        gatewayTracer: new StreamHop(
            {
                ...endpoint("gateway to tracer", outputs.tracerHost),
                address: await through(outputs.tracerHost),
            },
            client,
            tokenFor,
        ),
    };
    await issuer.believed(hops.tracer);
    const close = async (): Promise<void> => {
        await issuer.withdraw();
        await withdrawAll(platform);
        [hops.postgres, hops.redis, hops.agentMesh].forEach((hop) => {
            hop.close();
        });
    };
    return { hops, issuer, close };
}

/** A record of the api, which it reads with a certificate of its own from Redis, and from PostgreSQL once a minute. */
export async function recordHop({ outputs, trust }: Platform, api: HttpsHop): Promise<HttpsHop> {
    const path = "/v1/records";
    const { credentials } = api;
    const stored = await api.attempt({
        credentials,
        method: "POST",
        path,
        headers: { "Content-Type": "application/json" },
        body: JSON.stringify({ body: "kept" }),
    });
    if (stored.kind === "refused") throw new Error(`the api stores no record: ${stored.reason}`);
    const { id } = JSON.parse(stored.body) as { id: string };
    const host = String(outputs.apiHost);
    const { address } = api.endpoint;
    const name = "api to its stores";
    return new HttpsHop({ name, host, path: `${path}/${id}`, address, trust }, credentials);
}

/** The metrics of a workload, which Prometheus alone may read. */
export async function metricsHop(
    platform: Platform,
    { workload, namespace }: Server,
    prometheus: Credentials,
): Promise<HttpsHop> {
    const address = await expose(platform, { namespace, workload }, 9443);
    const host = `${workload}.${namespace}.svc`;
    const { trust } = platform;
    return new HttpsHop(
        { name: `${workload} metrics`, host, path: "/metrics", address, trust },
        prometheus,
    );
}

/** A certificate as the api shows it to the stores: PostgreSQL takes the common name for the role. */
async function applicationCredentials(platform: Platform): Promise<Credentials> {
    return issueLeaf(await platformSigner(platform), {
        identity: String(platform.outputs.apiHost),
        commonName: String(platform.outputs.postgresRole),
    });
}
