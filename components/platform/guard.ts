import type * as pulumi from "@pulumi/pulumi";
import { AdmissionGuard } from "../tenant/admissionGuard";
import { NameGrant, type NameGrantIssuanceArgs } from "../tenant/nameGrant";
import { keyPairSecrets, trustBundles } from "./authorities";
import { database, hostsOf } from "./parts";
import type { PlatformArgs } from "./platformArgs";

/**
 * What keeps names and the platform's own objects apart: the admission policies, and the names that the platform's own workloads may
 * have. Nothing where nobody is named who may change the platform, since nobody would be let through.
 */
export function createGuard(
    args: PlatformArgs,
    issuance: NameGrantIssuanceArgs,
    opts: pulumi.ComponentResourceOptions,
): pulumi.Resource[] {
    const { administrators, namespace, dataNamespace, certManagerNamespace } = args;
    if (administrators.users.length + administrators.groups.length === 0) return [];
    return [
        new AdmissionGuard(
            "admission",
            {
                administrators,
                certManagerNamespace,
                issuerName: issuance.issuerName,
                issuerSecretNames: Object.values(keyPairSecrets),
                trustBundleName: trustBundles.workload,
            },
            opts,
        ),
        new NameGrant(
            "platform",
            {
                namespaces: [namespace, dataNamespace],
                hosts: Object.values(hostsOf(args)),
                commonNames: [database.role],
                issuance,
            },
            opts,
        ),
    ];
}
