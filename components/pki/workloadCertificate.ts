import * as k8s from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import { childOf } from "../childOptions";
import { certManagerApi, waitForReady, type CertificateSpec } from "../kubernetes/certManager";
import { checkedHostName } from "../tls/hostName";
import { KeyAlgorithm } from "../tls/profile";
import { formatGoDuration } from "./goDuration";
import { identityOf, serviceNames } from "./names";
import { checkRenewal, renewBeforeMinutes } from "./renewal";

/** Where leaves come from and how long they live: the same for all workloads of an environment. All plain: policies read it. */
export interface IssuanceArgs {
    issuerName: string;
    /** `ClusterIssuer` or `Issuer`. */
    issuerKind: string;
    /** Life of a leaf in hours, 2 to 2160. */
    lifetimeHours: number;
    /** Hours before its end at which a leaf is renewed; a jitter of up to a tenth of the rotation period comes on top. */
    renewBeforeHours: number;
    algorithm: KeyAlgorithm;
}

/** What a certificate's holder may do with it. Never both: a stolen server key must not open connections. */
export enum CertificateUsage {
    Server = "server",
    Client = "client",
}

export interface WorkloadCertificateArgs {
    namespace: string;
    /** Service that holds it; `<service>.<namespace>.svc` is its first name and its identity. */
    service: string;
    usage: CertificateUsage;
    /** Names outside the cluster under which a server is dialled too, without wildcards. Defaults to none. */
    hosts?: string[];
    /** Only where a daemon reads it: letters, digits, ".", "_", "-", at most 64. Defaults to none. */
    commonName?: string;
    issuance: IssuanceArgs;
}

/** A leaf in a Secret of its own name, renewed by cert-manager with a new key each time. What depends on it waits until it is issued. */
export class WorkloadCertificate extends pulumi.ComponentResource {
    /** Lets a policy match the component itself with `validateResourceOfType`. */
    public static readonly __pulumiType = "encryption-in-transit:index:WorkloadCertificate";

    /** Secret of type kubernetes.io/tls with the full chain. */
    public readonly secretName: string;
    /** Name by which others authorise the holder. */
    public readonly identity: string;

    constructor(
        name: string,
        args: WorkloadCertificateArgs,
        opts?: pulumi.ComponentResourceOptions,
    ) {
        super(WorkloadCertificate.__pulumiType, name, args, opts);
        const spec = certificateSpec(name, args);
        this.secretName = name;
        this.identity = identityOf(args.service, args.namespace);
        new k8s.apiextensions.CustomResource(
            name,
            {
                apiVersion: certManagerApi,
                kind: "Certificate",
                metadata: { name, namespace: args.namespace, annotations: waitForReady },
                spec,
            },
            childOf(this, opts),
        );
        this.registerOutputs({ secretName: this.secretName, identity: this.identity });
    }
}

/**
 * What is asked of cert-manager.
 *
 * @throws an error that names the argument, if a name, a time or a usage is out of bounds
 */
export function certificateSpec(name: string, args: WorkloadCertificateArgs): CertificateSpec {
    const { issuance } = args;
    checkRenewal(issuance);
    return {
        secretName: name,
        ...(args.commonName === undefined
            ? {}
            : { commonName: checkedCommonName(args.commonName) }),
        dnsNames: dnsNames(args),
        duration: formatGoDuration(issuance.lifetimeHours * 60),
        renewBefore: formatGoDuration(renewBeforeMinutes(`${args.namespace}/${name}`, issuance)),
        revisionHistoryLimit: 1,
        usages: [
            "digital signature",
            args.usage === CertificateUsage.Server ? "server auth" : "client auth",
        ],
        privateKey: {
            ...keys[issuance.algorithm],
            encoding: "PKCS8",
            rotationPolicy: "Always",
        },
        issuerRef: {
            group: "cert-manager.io",
            kind: issuance.issuerKind,
            name: issuance.issuerName,
        },
    };
}

function dnsNames({ service, namespace, usage, hosts = [] }: WorkloadCertificateArgs): string[] {
    if (usage === CertificateUsage.Server)
        return [
            ...serviceNames(service, namespace),
            ...hosts.map((host) => checkedHostName("hosts", host)),
        ];
    if (hosts.length > 0)
        throw new Error(
            `[hosts] has ${hosts.length} names; a client is known by its identity alone: leave it out`,
        );
    return [identityOf(service, namespace)];
}

function checkedCommonName(commonName: string): string {
    if (/^[A-Za-z0-9._-]{1,64}$/.test(commonName)) return commonName;
    throw new Error(
        `[commonName] is ${JSON.stringify(commonName)}; allowed 1 to 64 letters, digits, ".", "_" and "-"`,
    );
}

const keys: Readonly<
    Record<KeyAlgorithm, { readonly algorithm: "ECDSA" | "RSA"; readonly size: number }>
> = {
    [KeyAlgorithm.EcdsaP256]: { algorithm: "ECDSA", size: 256 },
    [KeyAlgorithm.EcdsaP384]: { algorithm: "ECDSA", size: 384 },
    [KeyAlgorithm.Rsa2048]: { algorithm: "RSA", size: 2048 },
    [KeyAlgorithm.Rsa3072]: { algorithm: "RSA", size: 3072 },
};
