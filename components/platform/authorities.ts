import type * as pulumi from "@pulumi/pulumi";
import { CertificateAuthority } from "../pki/certificateAuthority";
import { Purpose } from "../pki/hierarchy";
import { TrustBundle } from "../pki/trustBundle";
import type { PlatformArgs } from "./platformArgs";

/** Secrets of the issuing key pairs, in cert-manager's namespace. */
export const keyPairSecrets: Readonly<Record<Purpose, string>> = {
    [Purpose.Workload]: "ca-key-pair",
    [Purpose.Mesh]: "mesh-ca-key-pair",
    [Purpose.Vpn]: "vpn-ca-key-pair",
};

/** ConfigMaps of the roots. */
export const trustBundles: Readonly<Record<Purpose, string>> = {
    [Purpose.Workload]: "workload-trust",
    [Purpose.Mesh]: "mesh-trust",
    [Purpose.Vpn]: "vpn-trust",
};

/** One hierarchy for every purpose. */
export type Authorities = Readonly<Record<Purpose, CertificateAuthority>>;

/** What the authorities are made from. */
export type AuthoritiesArgs = Pick<PlatformArgs, "domain" | "certManagerNamespace" | "pki">;

export const createAuthorities = (
    args: AuthoritiesArgs,
    opts: pulumi.ComponentResourceOptions,
): Authorities => ({
    [Purpose.Workload]: createAuthority(Purpose.Workload, args, opts),
    [Purpose.Mesh]: createAuthority(Purpose.Mesh, args, opts),
    [Purpose.Vpn]: createAuthority(Purpose.Vpn, args, opts),
});

const createAuthority = (
    purpose: Purpose,
    { domain, pki, certManagerNamespace }: AuthoritiesArgs,
    opts: pulumi.ComponentResourceOptions,
) =>
    new CertificateAuthority(
        purpose,
        {
            organization: domain,
            rootMode: pki.rootMode,
            ...pki[purpose],
            secretNamespace: certManagerNamespace,
            secretName: keyPairSecrets[purpose],
        },
        opts,
    );

/** The bundle of one purpose. */
export const createBundle = (
    purpose: Purpose,
    authorities: Authorities,
    namespaces: string[],
    opts: pulumi.ComponentResourceOptions,
): TrustBundle =>
    new TrustBundle(
        trustBundles[purpose],
        {
            bundleName: trustBundles[purpose],
            namespaces,
            rootCertificatesPem: authorities[purpose].rootCertificatesPem,
        },
        opts,
    );
