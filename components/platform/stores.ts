import { PostgresDatabase } from "../postgres/postgresDatabase";
import { RedisCache } from "../redis/redisCache";
import type { Ground } from "./ground";
import { cache, credentials, database, hostsOf, parts } from "./parts";
import type { PlatformArgs } from "./platformArgs";

/** Where the platform's data lies. */
export interface Stores {
    readonly postgres: PostgresDatabase;
    readonly redis: RedisCache;
}

/** Both stores, in their own namespace; the api is their only application, and the verifier may knock. */
export function createStores(args: PlatformArgs, ground: Ground): Stores {
    return { postgres: createPostgres(args, ground), redis: createRedis(args, ground) };
}

const createPostgres = (args: PlatformArgs, { shared, opts }: Ground) =>
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
            ],
        },
        opts,
    );

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
