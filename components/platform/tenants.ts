import { Tenant } from "../tenant/tenant";
import type { Ground } from "./ground";
import type { PlatformArgs } from "./platformArgs";

/** The teams, in the order of the configuration. Of the platform only PostgreSQL waits for them, and only for those with a database. */
export function createTenants(
    { tenants }: PlatformArgs,
    { authorities, trust, issuance, opts }: Ground,
): Tenant[] {
    return tenants.map(
        ({ name, database, commonNames = [], ...tenant }) =>
            new Tenant(
                name,
                {
                    ...tenant,
                    commonNames: [...commonNames, ...(database ? [database.role] : [])],
                    issuance,
                    trustBundleName: trust.bundleName,
                    rootCertificatesPem: authorities.workload.rootCertificatesPem,
                },
                opts,
            ),
    );
}
