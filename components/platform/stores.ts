import * as pulumi from "@pulumi/pulumi";
import { PostgresDatabase } from "../postgres/postgresDatabase";
import { RedisCache } from "../redis/redisCache";
import type { Tenant } from "../tenant/tenant";
import type { Ground } from "./ground";
import { cache, credentials, database, hostsOf, parts } from "./parts";
import type { PlatformArgs, PlatformTenantArgs } from "./platformArgs";

/** Where the platform's data lies. */
export interface Stores {
    readonly postgres: PostgresDatabase;
    readonly redis: RedisCache;
}

/**
 * Both stores, in their own namespace. Redis has one application, the api; PostgreSQL the api's database, and one each for the tenants
 * that have one. The verifier may knock.
 */
export function createStores(
    args: PlatformArgs,
    ground: Ground,
    tenants: readonly Tenant[],
): Stores {
    return { postgres: createPostgres(args, ground, tenants), redis: createRedis(args, ground) };
}

const createPostgres = (args: PlatformArgs, { shared, opts }: Ground, tenants: readonly Tenant[]) =>
    new PostgresDatabase(
        parts.postgres,
        {
            ...shared,
            ...common(args),
            ...args.postgres,
            host: hostsOf(args).postgres,
            roles: [
                {
                    role: database.role,
                    database: database.name,
                    namespace: args.namespace,
                    credentialsSecretName: credentials.postgres,
                },
                ...args.tenants.flatMap(tenantRole),
            ],
            clientNamespaces: args.tenants.flatMap(({ database, namespaces }) =>
                database === undefined ? [] : namespaces,
            ),
        },
        pulumi.mergeOptions(opts, {
            // Their credentials lie in their namespaces.
            dependsOn: tenants.filter((_, index) => args.tenants[index]?.database !== undefined),
        }),
    );

/** The role of a tenant's database, if it has one. */
const tenantRole = ({ database, namespaces: [namespace] }: PlatformTenantArgs) =>
    database === undefined || namespace === undefined
        ? []
        : [
              {
                  role: database.role,
                  database: database.name,
                  namespace,
                  credentialsSecretName: credentials.postgres,
              },
          ];

const createRedis = (args: PlatformArgs, { shared, opts }: Ground) =>
    new RedisCache(
        parts.redis,
        {
            ...shared,
            ...common(args),
            ...args.redis,
            host: hostsOf(args).redis,
            applications: [
                {
                    name: cache.user,
                    keyPrefix: cache.keyPrefix,
                    namespace: args.namespace,
                    credentialsSecretName: credentials.redis,
                },
            ],
        },
        opts,
    );

const common = ({ namespace, dataNamespace, reloader }: PlatformArgs) => ({
    namespace: dataNamespace,
    reloaderImage: reloader.image,
    clients: [parts.api, parts.verifier].map((service) => ({ namespace, service })),
});
