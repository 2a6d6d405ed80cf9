import * as k8s from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import { base64 } from "../kubernetes/loginSecret";
import {
    checkHierarchy,
    type CertificateAuthorityArgs,
    type IntermediateArgs,
} from "./authorityArgs";
import { RootMode } from "./hierarchy";
import {
    requestIntermediate,
    signIntermediate,
    takeSigned,
    type Requested,
    type Signed,
} from "./intermediates";
import { createRoot, type Root } from "./roots";

/**
 * The roots and intermediates of one purpose, which is its name: `<name>-root-g1`, `<name>-ca-g1`. Which generations there are is
 * said by the arguments; at most one intermediate issues, and its key pair is a Secret.
 *
 * A managed root is made, and its key kept in the state, encrypted, which suits an environment that can be built again. An offline
 * root's intermediates are requested, and issue once their signed certificates are handed in.
 */
export class CertificateAuthority extends pulumi.ComponentResource {
    /** Lets a policy match the component itself with `validateResourceOfType`. */
    public static readonly __pulumiType = "encryption-in-transit:index:CertificateAuthority";

    /** What clients of this hierarchy trust, PEM, oldest first. */
    public readonly rootCertificatesPem: pulumi.Output<string[]>;
    /** Requests of an offline root's intermediates by name, PEM; none where the root is managed. */
    public readonly requests: pulumi.Output<Record<string, string>>;
    /** Name of the Secret with the issuing key pair; undefined while nothing issues. */
    public readonly secretName: pulumi.Output<string> | undefined;
    /** End of the issuing intermediate, RFC 3339; undefined while nothing issues. */
    public readonly expires: pulumi.Output<string> | undefined;

    constructor(
        name: string,
        args: CertificateAuthorityArgs,
        opts?: pulumi.ComponentResourceOptions,
    ) {
        super(CertificateAuthority.__pulumiType, name, args, opts);
        checkHierarchy(args);
        const roots = args.roots.map((root) => createRoot(name, root, args, this));
        const requested = args.intermediates.map((intermediate) => ({
            intermediate,
            ...requestIntermediate(name, intermediate, args, this),
        }));
        const issuing = requested.find(({ intermediate }) => intermediate.isIssuing);
        const issuer = issuing && this.issuer(issuing, issuing.intermediate, roots);

        this.rootCertificatesPem = pulumi.output(roots.map((root) => root.certificatePem));
        const handedOut = args.rootMode === RootMode.Offline ? requested : [];
        // Made from a secret key, and meant to be shown.
        this.requests = pulumi.unsecret(
            pulumi.output(Object.fromEntries(handedOut.map((one) => [one.name, one.requestPem]))),
        );
        this.secretName = issuer && this.secret(args, issuer).metadata.name;
        this.expires = issuer?.expires;
        this.registerOutputs({
            rootCertificatesPem: this.rootCertificatesPem,
            requests: this.requests,
            secretName: this.secretName,
            expires: this.expires,
        });
    }

    /** What the issuing intermediate shows and signs with. */
    private issuer(requested: Requested, intermediate: IntermediateArgs, roots: Root[]): Issuer {
        const { rootGeneration, certificatePem = "" } = intermediate;
        const root = roots.find(({ generation }) => generation === rootGeneration);
        if (root === undefined) throw new Error(`[roots] has no generation ${rootGeneration}`);
        const { privateKeyPem } = root;
        const signed =
            privateKeyPem === undefined
                ? takeSigned(requested, certificatePem, root, this)
                : signIntermediate(requested, { ...root, privateKeyPem }, this);
        return { ...signed, root, privateKeyPem: requested.privateKeyPem };
    }

    private secret(
        { secretName, secretNamespace }: CertificateAuthorityArgs,
        { certificatePem, privateKeyPem, root }: Issuer,
    ): k8s.core.v1.Secret {
        const chain = pulumi.all([certificatePem, root.certificatePem]);
        return new k8s.core.v1.Secret(
            secretName,
            {
                metadata: { name: secretName, namespace: secretNamespace },
                type: "kubernetes.io/tls",
                data: {
                    "tls.crt": chain.apply((pems) => base64(pems.map(withNewline).join(""))),
                    "tls.key": pulumi.secret(privateKeyPem).apply(base64),
                },
            },
            { parent: this },
        );
    }
}

interface Issuer extends Signed {
    readonly root: Root;
    readonly privateKeyPem: pulumi.Output<string>;
}

const withNewline = (pem: string): string => (pem.endsWith("\n") ? pem : `${pem}\n`);
