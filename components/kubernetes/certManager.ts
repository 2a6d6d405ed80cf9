/** What this project writes of cert-manager's kinds, and no more. @see https://cert-manager.io/docs/reference/api-docs/ */
export const certManagerApi = "cert-manager.io/v1";

export interface CertificateSpec {
    readonly secretName: string;
    readonly commonName?: string;
    readonly dnsNames: readonly string[];
    /** Go duration. */
    readonly duration: string;
    /** Go duration, counted from the end. */
    readonly renewBefore: string;
    readonly revisionHistoryLimit: number;
    readonly usages: readonly ("digital signature" | "server auth" | "client auth")[];
    readonly privateKey: {
        readonly algorithm: "ECDSA" | "RSA";
        readonly size: number;
        readonly encoding: "PKCS8";
        readonly rotationPolicy: "Always";
    };
    readonly issuerRef: { readonly group: string; readonly kind: string; readonly name: string };
}

/** A CA issuer that signs with the key pair of a Secret in cert-manager's own namespace. */
export interface ClusterIssuerSpec {
    readonly ca: { readonly secretName: string };
}

/** Makes the engine wait for cert-manager's answer. @see pulumi-kubernetes, `pulumi.com/waitFor` */
export const waitForReady = { "pulumi.com/waitFor": "condition=Ready" } as const;
