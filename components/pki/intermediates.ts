import * as pulumi from "@pulumi/pulumi";
import * as tls from "@pulumi/tls";
import type { CertificateAuthorityArgs, IntermediateArgs } from "./authorityArgs";
import { readAuthorityCertificate } from "./authorityCertificate";
import { intermediateLifetimeHours } from "./generations";
import { intermediateName, intermediatePathLength } from "./hierarchy";
import { caUses, type Root } from "./roots";
import { checkSignedCertificate, type SignedCertificateArgs } from "./signedCertificate";

/** The key of an intermediate, and the request that its root is to sign. */
export interface Requested {
    readonly name: string;
    readonly privateKeyPem: pulumi.Output<string>;
    readonly requestPem: pulumi.Output<string>;
}

/** The certificate of an intermediate. */
export interface Signed {
    readonly certificatePem: pulumi.Output<string>;
    /** RFC 3339. */
    readonly expires: pulumi.Output<string>;
}

/** Makes the key and the request. */
export function requestIntermediate(
    purpose: string,
    { generation }: IntermediateArgs,
    { organization }: Pick<CertificateAuthorityArgs, "organization">,
    parent: pulumi.Resource,
): Requested {
    const name = intermediateName(purpose, generation);
    // Verified in every handshake, at a tenth of what P-384 costs; it lives a year, not ten.
    const { privateKeyPem } = new tls.PrivateKey(
        name,
        { algorithm: "ECDSA", ecdsaCurve: "P256" },
        { parent },
    );
    const request = new tls.CertRequest(
        name,
        { privateKeyPem, subject: { commonName: name, organization } },
        { parent },
    );
    return { name, privateKeyPem, requestPem: request.certRequestPem };
}

/** Signs a request by a root whose key is at hand. */
export function signIntermediate(
    { name, requestPem }: Requested,
    root: Root & { readonly privateKeyPem: pulumi.Output<string> },
    parent: pulumi.Resource,
): Signed {
    const certificate = new tls.LocallySignedCert(
        name,
        {
            certRequestPem: requestPem,
            caCertPem: root.certificatePem,
            caPrivateKeyPem: root.privateKeyPem,
            isCaCertificate: true,
            maxPathLength: intermediatePathLength,
            allowedUses: caUses,
            setSubjectKeyId: true,
            validityPeriodHours: intermediateLifetimeHours,
            earlyRenewalHours: 0,
        },
        { parent },
    );
    return { certificatePem: certificate.certPem, expires: certificate.validityEndTime };
}

/** Takes what was signed on another machine; an output fails with what does not fit its request. */
export function takeSigned(
    { name, requestPem }: Requested,
    certificatePem: string,
    root: Root,
    parent: pulumi.Resource,
): Signed {
    const checked = pulumi.all([requestPem, root.certificatePem]).apply(([csrPem, rootPem]) => {
        const fault = faultOf({ certificatePem, csrPem, rootPem });
        if (fault !== undefined) throw new pulumi.ResourceError(`[${name}] ${fault}`, parent);
        return certificatePem;
    });
    const read = readAuthorityCertificate(certificatePem);
    return {
        certificatePem: checked,
        expires: checked.apply(() => read?.notAfter.toISOString() ?? ""),
    };
}

/**
 * The first thing by which a signed certificate does not fit its request. Whether it is valid today is for those to say who plan: a
 * library has no clock.
 */
export function faultOf(args: Omit<SignedCertificateArgs, "asOf">): string | undefined {
    const asOf = readAuthorityCertificate(args.certificatePem)?.notBefore ?? new Date(0);
    return checkSignedCertificate({ ...args, asOf })[0];
}
