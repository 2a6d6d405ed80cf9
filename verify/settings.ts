import { z } from "zod";
import type { ClusterMaterial } from "./cluster";
import type { Credentials, IdentifyingHop, IssuedCertificate } from "./hop";
import type { StackOutputs } from "./stack";

/** One server, as a pod must be told of it. */
const server = z.object({
    host: z.string(),
    port: z.number(),
    /** The subject alternative names of its certificate, all of them. */
    names: z.array(z.string()),
    issued: z.object({ sha256: z.string(), notBefore: z.string() }),
});

export type ServerSettings = z.output<typeof server>;

/** What all hops of a stack have in common. */
const shared = z.object({
    cipherSuites: z.array(z.string()),
    groups: z.array(z.string()),
    lifetimeHours: z.number(),
    renewBeforeHours: z.number(),
    verifierIdentity: z.string(),
});

/** All that a pod must be told. It is public, for it stands in a Job's manifest, and short. */
export const insideSettings = shared.extend({
    servers: z.object({
        api: server,
        postgres: server.extend({ role: z.string(), database: z.string() }),
        redis: server,
        agentMesh: server,
        tracer: server,
    }),
});

export type InsideSettings = z.output<typeof insideSettings>;

/** What all hops have in common, with what only the one who looks has. */
export interface Common extends z.output<typeof shared> {
    readonly trustBundle: string;
    /** The verifier's own client certificate. */
    readonly verifier: Credentials;
}

/** What a stack says of all its hops. */
export const sharedOf = (outputs: StackOutputs): z.output<typeof shared> => ({
    cipherSuites: outputs.cipherSuites,
    groups: outputs.groups,
    lifetimeHours: outputs.leafLifetimeHours,
    renewBeforeHours: outputs.leafRenewBeforeHours,
    verifierIdentity: outputs.verifierIdentity,
});

/** What a stack says of itself, as a pod must be told of it. */
export function settingsOf(outputs: StackOutputs, { issued }: ClusterMaterial): InsideSettings {
    const { domain, postgresRole: role, postgresDatabase: database } = outputs;
    const postgres = `postgres.${domain}`;
    return {
        ...sharedOf(outputs),
        servers: {
            api: describe(outputs.apiHost, outputs.apiPort, issued.api),
            postgres: {
                ...describe(outputs.postgresHost, outputs.postgresPort, issued.postgres, postgres),
                role,
                database,
            },
            redis: describe(outputs.redisHost, outputs.redisPort, issued.redis, `redis.${domain}`),
            agentMesh: describe(
                outputs.agentMeshHost,
                outputs.agentMeshPort,
                issued.agentMesh,
                `mesh.${domain}`,
            ),
            tracer: describe(outputs.tracerServiceHost, outputs.tracerServicePort, issued.tracer),
        },
    };
}

/** A server's certificate has the names by which it is dialled inside, and the host that it has outside, if any. */
function describe(
    host: string,
    port: number,
    issued: IssuedCertificate,
    ...outside: readonly string[]
): ServerSettings {
    return { host, port, names: [host, `${host}.cluster.local`, ...outside], issued };
}

/** The way to a server, of which is not said yet what is spoken on it. */
export function hopTo(
    name: string,
    common: Common,
    { host, port, names, issued }: ServerSettings,
): Omit<IdentifyingHop, "application"> {
    const { lifetimeHours, renewBeforeHours, ...rest } = common;
    const certificate = { names, lifetimeHours, renewBeforeHours, issued };
    return { ...rest, name, host, port, address: { host, port }, certificate };
}
