import * as k8s from "@pulumi/kubernetes";
import type * as pulumi from "@pulumi/pulumi";
import { denyAll } from "../kubernetes/networkPolicy";
import { restrictedNamespaceLabels } from "../kubernetes/podSecurity";
import { CertificateAuthority } from "../pki/certificateAuthority";
import { CertificateIssuer } from "../pki/certificateIssuer";
import { TrustBundle } from "../pki/trustBundle";
import type { IssuanceArgs } from "../pki/workloadCertificate";
import type { PlatformArgs } from "./platformArgs";

const issuerName = "internal-ca";
const issuerSecretName = "ca-key-pair";
const trustBundleName = "workload-trust";

/** What every part of an environment stands on. */
export interface Ground {
    readonly issuer: CertificateIssuer;
    readonly trust: TrustBundle;
    /** End of the issuing intermediate, RFC 3339. */
    readonly issuerExpires: pulumi.Output<string>;
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
    const namespaces = [args.namespace, args.dataNamespace].map((name) =>
        createNamespace(name, child),
    );
    const authority = createAuthority(args, child);
    const issuer = new CertificateIssuer(
        issuerName,
        { issuerName, secretName: issuerSecretName },
        { ...child, dependsOn: [authority] },
    );
    const trust = new TrustBundle(
        trustBundleName,
        {
            bundleName: trustBundleName,
            namespaces: [args.namespace, args.dataNamespace, ...args.tenantNamespaces],
            rootCertificatesPem: [authority.rootCertificatePem],
        },
        { ...child, dependsOn: namespaces },
    );
    return {
        issuer,
        trust,
        issuerExpires: authority.expires,
        shared: sharedArgs(args, issuer),
        opts: { ...child, dependsOn: [...namespaces, issuer, trust] },
    };
}

const sharedArgs = (
    { profile, leaf, monitoringIdentity }: PlatformArgs,
    { issuerKind }: CertificateIssuer,
): SharedArgs => ({
    profile,
    trustBundleName,
    issuance: { issuerName, issuerKind, ...leaf },
    metricsClients: [monitoringIdentity],
    monitoringNamespace: namespaceOf(monitoringIdentity),
});

/** `prometheus.monitoring.svc` is in `monitoring`. */
const namespaceOf = (identity: string): string => identity.split(".")[1] ?? "";

/** A namespace in which only restricted pods run and only named flows pass. */
function createNamespace(name: string, opts: pulumi.CustomResourceOptions): k8s.core.v1.Namespace {
    const namespace = new k8s.core.v1.Namespace(
        name,
        { metadata: { name, labels: restrictedNamespaceLabels } },
        opts,
    );
    new k8s.networking.v1.NetworkPolicy(
        `${name}-deny-all`,
        { metadata: { name: "deny-all", namespace: name }, spec: denyAll },
        { ...opts, dependsOn: [namespace] },
    );
    return namespace;
}

const createAuthority = (
    { domain, pki, certManagerNamespace }: PlatformArgs,
    opts: pulumi.ComponentResourceOptions,
) =>
    new CertificateAuthority(
        "workload",
        {
            organization: domain,
            rootGeneration: pki.rootGeneration,
            intermediateGeneration: pki.intermediateGeneration,
            secretNamespace: certManagerNamespace,
            secretName: issuerSecretName,
        },
        opts,
    );
