import * as k8s from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import { childOf } from "../childOptions";
import { certManagerApi, waitForReady, type ClusterIssuerSpec } from "../kubernetes/certManager";

export interface CertificateIssuerArgs {
    /** Name of the ClusterIssuer. Plain, as certificates name it in their own plain arguments. */
    issuerName: string;
    /** Secret of the issuing key pair in cert-manager's own namespace. Plain: a policy reads the whole issuer in preview. */
    secretName: string;
}

/** cert-manager's issuer of leaves for every namespace. */
export class CertificateIssuer extends pulumi.ComponentResource {
    /** Lets a policy match the component itself with `validateResourceOfType`. */
    public static readonly __pulumiType = "encryption-in-transit:index:CertificateIssuer";

    public readonly issuerName: string;
    public readonly issuerKind: string = "ClusterIssuer";

    constructor(name: string, args: CertificateIssuerArgs, opts?: pulumi.ComponentResourceOptions) {
        super(CertificateIssuer.__pulumiType, name, args, opts);
        this.issuerName = args.issuerName;
        const spec: ClusterIssuerSpec = { ca: { secretName: args.secretName } };
        new k8s.apiextensions.CustomResource(
            name,
            {
                apiVersion: certManagerApi,
                kind: this.issuerKind,
                metadata: { name: args.issuerName, annotations: waitForReady },
                spec,
            },
            childOf(this, opts),
        );
        this.registerOutputs({ issuerName: this.issuerName, issuerKind: this.issuerKind });
    }
}
