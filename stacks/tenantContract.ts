import { z } from "zod";
import { credentials } from "../components/platform/parts";
import type { Config } from "./schema";

/** What one tenant needs beside the contract: flat scalars, all public. In the stack each is `tenant.<name of the tenant>.<key>`. */
export const tenantContractSchema = z.strictObject({
    /** The first of its namespaces, which has its credentials. */
    namespace: z.string(),
    /** Its database in the platform's PostgreSQL; empty where it has none, as the two below. */
    database: z.string(),
    /** Role that logs in there: the common name that its client certificate must have. */
    databaseRole: z.string(),
    /** Secret of the namespace with `username` and `password` of the role. */
    databaseSecret: z.string(),
});

export type TenantContract = z.output<typeof tenantContractSchema>;

/** Name of an output. A tenant's name has no dot, so no two are the same. */
export const tenantOutput = (tenant: string, key: string): `tenant.${string}` =>
    `tenant.${tenant}.${key}`;

/** Outputs of all tenants. */
export const tenantOutputs = (
    tenants: Config["tenants"],
): Readonly<Record<`tenant.${string}`, string>> =>
    Object.fromEntries(
        tenants.flatMap((tenant) =>
            Object.entries(contractOf(tenant)).map(([key, value]) => [
                tenantOutput(tenant.name, key),
                value,
            ]),
        ),
    );

const contractOf = ({ namespaces, database }: Config["tenants"][number]): TenantContract => ({
    namespace: namespaces[0] ?? "",
    database: database?.name ?? "",
    databaseRole: database?.role ?? "",
    databaseSecret: database === undefined ? "" : credentials.postgres,
});
