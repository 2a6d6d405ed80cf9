import type * as pulumi from "@pulumi/pulumi";
import { createRestrictedNamespace } from "../kubernetes/restrictedNamespace";
import { CertificateIssuer } from "../pki/certificateIssuer";
import { Purpose } from "../pki/hierarchy";
import { identityParts } from "../pki/names";
import type { TrustBundle } from "../pki/trustBundle";
import type { IssuanceArgs } from "../pki/workloadCertificate";
import type { NameGrantIssuanceArgs } from "../tenant/nameGrant";
import {
    createAuthorities,
    createBundle,
    keyPairSecrets,
    trustBundles,
    type Authorities,
} from "./authorities";
import { createGuard } from "./guard";
import { issuerName } from "./parts";
import type { PlatformArgs } from "./platformArgs";

/** What every part of an environment stands on. */
export interface Ground {
    readonly issuer: CertificateIssuer;
    readonly trust: TrustBundle;
    readonly authorities: Authorities;
    /** Which leaves are given out. */
    readonly issuance: NameGrantIssuanceArgs;
    /** What the parts have in common. */
    readonly shared: SharedArgs;
    /** Options of a part: namespaces, issuer and trust are there before it. */
    readonly opts: pulumi.ComponentResourceOptions;
}

/** Arguments that every part takes alike. */
export interface SharedArgs extends Pick<PlatformArgs, "profile"> {
    readonly trustBundleName: string;
    readonly issuance: IssuanceArgs;
    /** Identities that may read metrics. */
    readonly metricsClients: string[];
    readonly monitoringNamespace: string;
}

/** Namespaces in which nothing weak runs, and the authority that all of them trust. */
export function createGround(args: PlatformArgs, child: pulumi.ComponentResourceOptions): Ground {
    if (!args.pki.workload.intermediates.some(({ isIssuing }) => isIssuing))
        throw new Error(
            "[pki.workload.intermediates] has none that issues; a PendingPlatform is what can be built without",
        );
    const namespaces = [args.namespace, args.dataNamespace].map((name) =>
        createRestrictedNamespace(name, child),
    );
    const authorities = createAuthorities(args, child);
    const issuer = new CertificateIssuer(
        issuerName,
        { issuerName, secretName: keyPairSecrets.workload },
        { ...child, dependsOn: [authorities.workload] },
    );
    const after = { ...child, dependsOn: namespaces };
    const own = [args.namespace, args.dataNamespace];
    const trust = createBundle(Purpose.Workload, authorities, own, after);
    // Nobody trusts them yet: they lie where the mesh's and the VPN's own parts will take them from.
    for (const purpose of [Purpose.Mesh, Purpose.Vpn])
        if (args.pki[purpose].roots.length > 0)
            createBundle(purpose, authorities, [args.namespace], after);
    const issuance = grantedIssuance(args, issuer);
    const guard = createGuard(args, issuance, after);
    return {
        issuer,
        trust,
        authorities,
        issuance,
        shared: sharedArgs(args, issuer),
        opts: { ...child, dependsOn: [...namespaces, issuer, trust, ...guard] },
    };
}

const grantedIssuance = (
    { leaf, certManagerNamespace }: PlatformArgs,
    { issuerKind }: CertificateIssuer,
): NameGrantIssuanceArgs => ({
    issuerName,
    issuerKind,
    lifetimeHours: leaf.lifetimeHours,
    certManagerNamespace,
});

const sharedArgs = (
    { profile, leaf, monitoringIdentity }: PlatformArgs,
    { issuerKind }: CertificateIssuer,
): SharedArgs => ({
    profile,
    trustBundleName: trustBundles.workload,
    issuance: { issuerName, issuerKind, ...leaf },
    metricsClients: [monitoringIdentity],
    monitoringNamespace: identityParts(monitoringIdentity).namespace,
});
