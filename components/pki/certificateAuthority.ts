import * as k8s from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import * as tls from "@pulumi/tls";
import { generationName, intermediateLifetimeHours, rootLifetimeHours } from "./generations";

export interface CertificateAuthorityArgs {
    /** Organization in the subjects of the hierarchy, for example the environment's domain. */
    organization: pulumi.Input<string>;
    /** Generation of the root, from 1. Plain, since resources are named by it. */
    rootGeneration: number;
    /** Generation of the issuing intermediate, from 1. Plain for the same reason. */
    intermediateGeneration: number;
    /** Namespace that cert-manager reads the Secrets of its ClusterIssuers from; nobody else may read there. */
    secretNamespace: pulumi.Input<string>;
    /** Secret of the issuing key pair: tls.crt is the intermediate, then the root. Plain, as names are given and never generated. */
    secretName: string;
}

const caUses = ["cert_signing", "crl_signing"];

/**
 * A root and the intermediate that issues, both named by generation: `<name>-root-g1`, `<name>-ca-g1`.
 *
 * The root's key is kept in the state, encrypted, which suits an environment that can be built again; the root is protected
 * against deletion.
 */
export class CertificateAuthority extends pulumi.ComponentResource {
    /** Lets a policy match the component itself with `validateResourceOfType`. */
    public static readonly __pulumiType = "encryption-in-transit:index:CertificateAuthority";

    /** What clients of this hierarchy trust, PEM. */
    public readonly rootCertificatePem: pulumi.Output<string>;
    /** Name of the Secret with the issuing key pair. */
    public readonly secretName: pulumi.Output<string>;
    /** End of the issuing intermediate, RFC 3339. */
    public readonly expires: pulumi.Output<string>;

    constructor(
        name: string,
        args: CertificateAuthorityArgs,
        opts?: pulumi.ComponentResourceOptions,
    ) {
        super(CertificateAuthority.__pulumiType, name, args, opts);
        const root = this.root(generationName(`${name}-root`, args.rootGeneration), args);
        const intermediate = this.intermediate(
            generationName(`${name}-ca`, args.intermediateGeneration),
            args,
            root,
        );
        const secret = this.secret(args, intermediate, root);

        this.rootCertificatePem = root.certificate.certPem;
        this.secretName = secret.metadata.name;
        this.expires = intermediate.certificate.validityEndTime;
        this.registerOutputs({
            rootCertificatePem: this.rootCertificatePem,
            secretName: this.secretName,
            expires: this.expires,
        });
    }

    private root(name: string, { organization }: CertificateAuthorityArgs): Root {
        const opts = { parent: this, protect: true };
        const key = new tls.PrivateKey(name, { algorithm: "ECDSA", ecdsaCurve: "P384" }, opts);
        const certificate = new tls.SelfSignedCert(
            name,
            {
                privateKeyPem: key.privateKeyPem,
                subject: { commonName: name, organization },
                isCaCertificate: true,
                maxPathLength: 1,
                allowedUses: caUses,
                setSubjectKeyId: true,
                setAuthorityKeyId: true,
                validityPeriodHours: rootLifetimeHours,
                // Generations replace a CA; the provider must not do it in between.
                earlyRenewalHours: 0,
            },
            opts,
        );
        return { key, certificate };
    }

    private intermediate(
        name: string,
        { organization }: CertificateAuthorityArgs,
        root: Root,
    ): Intermediate {
        const opts = { parent: this };
        // Verified in every handshake, at a tenth of what P-384 costs; it lives a year, not ten.
        const key = new tls.PrivateKey(name, { algorithm: "ECDSA", ecdsaCurve: "P256" }, opts);
        const request = new tls.CertRequest(
            name,
            { privateKeyPem: key.privateKeyPem, subject: { commonName: name, organization } },
            opts,
        );
        const certificate = new tls.LocallySignedCert(
            name,
            {
                certRequestPem: request.certRequestPem,
                caCertPem: root.certificate.certPem,
                caPrivateKeyPem: root.key.privateKeyPem,
                isCaCertificate: true,
                maxPathLength: 0,
                allowedUses: caUses,
                setSubjectKeyId: true,
                validityPeriodHours: intermediateLifetimeHours,
                earlyRenewalHours: 0,
            },
            opts,
        );
        return { key, certificate };
    }

    private secret(
        { secretName, secretNamespace }: CertificateAuthorityArgs,
        { key, certificate }: Intermediate,
        root: Root,
    ): k8s.core.v1.Secret {
        const chain = pulumi.all([certificate.certPem, root.certificate.certPem]);
        return new k8s.core.v1.Secret(
            secretName,
            {
                metadata: { name: secretName, namespace: secretNamespace },
                type: "kubernetes.io/tls",
                data: {
                    "tls.crt": chain.apply((pems) => base64(pems.map(withNewline).join(""))),
                    "tls.key": pulumi.secret(key.privateKeyPem).apply(base64),
                },
            },
            { parent: this },
        );
    }
}

interface Root {
    readonly key: tls.PrivateKey;
    readonly certificate: tls.SelfSignedCert;
}

interface Intermediate {
    readonly key: tls.PrivateKey;
    readonly certificate: tls.LocallySignedCert;
}

const base64 = (text: string): string => Buffer.from(text).toString("base64");

const withNewline = (pem: string): string => (pem.endsWith("\n") ? pem : `${pem}\n`);
