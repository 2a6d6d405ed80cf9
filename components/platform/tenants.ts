import { Tenant } from "../tenant/tenant";
import type { Ground } from "./ground";
import type { PlatformArgs } from "./platformArgs";

/** The teams. Nothing of the platform waits for them: it knows them by their names alone. */
export function createTenants(
    { tenants }: PlatformArgs,
    { authorities, trust, issuance, opts }: Ground,
): Tenant[] {
    return tenants.map(
        ({ name, ...tenant }) =>
            new Tenant(
                name,
                {
                    ...tenant,
                    issuance,
                    trustBundleName: trust.bundleName,
                    rootCertificatesPem: authorities.workload.rootCertificatesPem,
                },
                opts,
            ),
    );
}
