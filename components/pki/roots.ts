import type * as pulumi from "@pulumi/pulumi";
import * as tls from "@pulumi/tls";
import type { CertificateAuthorityArgs, RootArgs } from "./authorityArgs";
import { rootLifetimeHours } from "./generations";
import { RootMode, rootName, rootPathLength } from "./hierarchy";

/** What a certificate authority may sign. */
export const caUses = ["cert_signing", "crl_signing"];

/** A root, with its key where that is at hand. */
export interface Root {
    readonly generation: number;
    readonly certificatePem: pulumi.Output<string> | string;
    readonly privateKeyPem?: pulumi.Output<string>;
}

/** A root that is made here, or one whose key is elsewhere. */
export function createRoot(
    purpose: string,
    root: RootArgs,
    args: Pick<CertificateAuthorityArgs, "organization" | "rootMode">,
    parent: pulumi.Resource,
): Root {
    const { generation, certificatePem = "" } = root;
    if (args.rootMode === RootMode.Offline) return { generation, certificatePem };
    return managedRoot(rootName(purpose, generation), root, args.organization, parent);
}

function managedRoot(
    name: string,
    { generation, isCurrent }: RootArgs,
    organization: pulumi.Input<string>,
    parent: pulumi.Resource,
): Root {
    // One that does not issue yet, or no more, may go: the step that drops it could not delete it otherwise.
    const opts = { parent, protect: isCurrent };
    const { privateKeyPem } = new tls.PrivateKey(
        name,
        { algorithm: "ECDSA", ecdsaCurve: "P384" },
        opts,
    );
    const certificate = new tls.SelfSignedCert(
        name,
        {
            privateKeyPem,
            subject: { commonName: name, organization },
            isCaCertificate: true,
            maxPathLength: rootPathLength,
            allowedUses: caUses,
            setSubjectKeyId: true,
            setAuthorityKeyId: true,
            validityPeriodHours: rootLifetimeHours,
            // Generations replace a CA; the provider must not do it in between.
            earlyRenewalHours: 0,
        },
        opts,
    );
    return { generation, certificatePem: certificate.certPem, privateKeyPem };
}
