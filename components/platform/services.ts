import * as k8s from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import { SecureService } from "../service/secureService";
import type { Ground } from "./ground";
import {
    cache,
    credentials,
    database,
    hostsOf,
    parts,
    platformIdentity,
    servicePorts,
    tenantNamespaces,
} from "./parts";
import type { PlatformArgs } from "./platformArgs";
import type { Stores } from "./stores";

/** What clients use. */
export interface Services {
    readonly api: SecureService;
    readonly agentMesh: SecureService;
    readonly tracer: SecureService;
}

/** All services. Their pods wait for the passwords, which the stores make first, but not for the stores. */
export function createServices(args: PlatformArgs, ground: Ground, stores: Stores): Services {
    const agentMesh = createAgentMesh(args, ground);
    return {
        agentMesh,
        tracer: createTracer(args, ground),
        api: createApi(args, ground, stores, agentMesh),
    };
}

/** The service behind the gateway: it keeps records in PostgreSQL and what was read last in Redis, and is an agent of the mesh. */
function createApi(
    args: PlatformArgs,
    { shared, opts }: Ground,
    stores: Stores,
    agentMesh: SecureService,
) {
    const { namespace, dataNamespace, api } = args;
    const { postgres, redis } = stores;
    return new SecureService(
        parts.api,
        {
            ...shared,
            namespace,
            image: api.image,
            replicas: api.replicas,
            port: servicePorts.api,
            gateway: parts.gateway,
            allowedClients: withVerifier(api.clients, args),
            callers: [parts.verifier],
            callerNamespaces: tenantNamespaces(args),
            env: { ...storeEnv(stores), ...agentEnv(agentMesh) },
            secrets: Object.values(credentials).map((name) => ({
                name,
                mountPath: `/etc/${name}`,
            })),
            calls: {
                commonName: database.role,
                peers: [
                    { service: parts.postgres, namespace: dataNamespace, port: postgres.port },
                    { service: parts.redis, namespace: dataNamespace, port: redis.port },
                    { service: parts.agentMesh, namespace, port: agentMesh.port },
                ],
            },
        },
        opts,
    );
}

/** Where the api's data lies; of the passwords it is told the files alone. */
const storeEnv = ({ postgres, redis }: Stores): Record<string, string> => ({
    POSTGRES_HOST: postgres.identity,
    POSTGRES_PORT: String(postgres.port),
    POSTGRES_DATABASE: database.name,
    POSTGRES_ROLE: database.role,
    POSTGRES_PASSWORD_FILE: `/etc/${credentials.postgres}/password`,
    REDIS_HOST: redis.identity,
    REDIS_PORT: String(redis.port),
    REDIS_USER: cache.user,
    REDIS_PASSWORD_FILE: `/etc/${credentials.redis}/password`,
});

/** Where the api is registered as an agent, under the name of its pod. */
const agentEnv = ({ identity, port }: SecureService): Record<string, string> => ({
    AGENT_MESH_HOST: identity,
    AGENT_MESH_PORT: String(port),
});

/** gRPC, called directly: a gateway would end TLS, and with it the identity that each method asks for. */
function createAgentMesh(args: PlatformArgs, { shared, opts }: Ground) {
    const { namespace, agentMesh } = args;
    const own = [
        // Of the two methods one is not the verifier's: that it is refused is what the verifier looks at.
        { identity: platformIdentity(parts.verifier, args), methods: ["RegisterAgent"] },
        { identity: platformIdentity(parts.api, args), methods: ["RegisterAgent", "RenewAgent"] },
    ];
    const allowed = Object.fromEntries(
        [...own, ...agentMesh.clients].map(({ identity, methods }) => [identity, methods]),
    );
    return new SecureService(
        parts.agentMesh,
        {
            ...shared,
            namespace,
            image: agentMesh.image,
            replicas: agentMesh.replicas,
            port: servicePorts.agentMesh,
            hosts: [hostsOf(args).agentMesh],
            callers: [parts.api, parts.verifier],
            callerNamespaces: tenantNamespaces(args),
            env: { ALLOWED_METHODS: JSON.stringify(allowed) },
        },
        opts,
    );
}

/**
 * Frames that one socket may send in a second. An agent that works writes some tens of spans; the rest is for the burst after it had
 * to connect again. It bounds one socket, and not a client, which may open several.
 */
const maxMessagesPerSecond = 200;

const keysOfIssuer = { name: "tracer-jwks", mountPath: "/etc/tracer-jwks", file: "jwks.json" };

/** WebSockets, through the gateway or directly, for clients with a token that is bound to their certificate. */
function createTracer(args: PlatformArgs, { shared, opts }: Ground) {
    const { namespace, tracer } = args;
    const { name, mountPath, file } = keysOfIssuer;
    const keys = new k8s.core.v1.ConfigMap(
        name,
        { metadata: { name, namespace }, data: { [file]: tracer.jwks } },
        opts,
    );
    return new SecureService(
        parts.tracer,
        {
            ...shared,
            namespace,
            image: tracer.image,
            replicas: tracer.replicas,
            port: servicePorts.tracer,
            gateway: parts.gateway,
            allowedClients: withVerifier(tracer.clients, args),
            callers: [parts.verifier],
            callerNamespaces: tenantNamespaces(args),
            env: {
                JWT_ISSUER: tracer.issuer,
                JWT_AUDIENCE: tracer.audience,
                JWT_ALGORITHM: tracer.algorithm,
                JWKS_FILE: `${mountPath}/${file}`,
                ALLOWED_ORIGINS: tracer.origins.join(","),
                MAX_PAYLOAD_BYTES: "65536",
                MAX_MESSAGES_PER_SECOND: String(maxMessagesPerSecond),
            },
            configMaps: [{ name, mountPath }],
        },
        pulumi.mergeOptions(opts, { dependsOn: [keys] }),
    );
}

const withVerifier = (clients: readonly string[], args: PlatformArgs): string[] => [
    ...new Set([platformIdentity(parts.verifier, args), ...clients]),
];
