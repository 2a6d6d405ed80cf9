import * as k8s from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import { ClientCertificates } from "./gateway/nginxConf";
import { NginxGateway } from "./gateway/nginxGateway";
import { allow, denyAll } from "./kubernetes/networkPolicy";
import { restrictedNamespaceLabels } from "./kubernetes/podSecurity";
import { CertificateAuthority } from "./pki/certificateAuthority";
import { CertificateIssuer } from "./pki/certificateIssuer";
import { TrustBundle } from "./pki/trustBundle";
import {
    CertificateUsage,
    WorkloadCertificate,
    type IssuanceArgs,
} from "./pki/workloadCertificate";
import { SecureService } from "./service/secureService";
import type { KeyAlgorithm, TlsProfileName } from "./tls/profile";

/** All plain: what is rendered from them must be known in preview. */
export interface PlatformArgs {
    /** Domain of the hosts outside the cluster, for example `local.bluefly.io`. */
    domain: string;
    /** Namespace of the platform; it is made. */
    namespace: string;
    /** Namespace that cert-manager reads its ClusterIssuers' Secrets from; it exists. */
    certManagerNamespace: string;
    profile: TlsProfileName;
    pki: PlatformPkiArgs;
    leaf: PlatformLeafArgs;
    gateway: PlatformWorkloadArgs;
    api: PlatformApiArgs;
    /** Identity of the monitor, `<service>.<namespace>.svc`. */
    monitoringIdentity: string;
    /** Other namespaces whose workloads use the platform; they exist. */
    tenantNamespaces: string[];
}

export interface PlatformPkiArgs {
    rootGeneration: number;
    intermediateGeneration: number;
}

export interface PlatformLeafArgs {
    lifetimeHours: number;
    renewBeforeHours: number;
    algorithm: KeyAlgorithm;
}

export interface PlatformWorkloadArgs {
    image: string;
    replicas: number;
}

export interface PlatformApiArgs extends PlatformWorkloadArgs {
    /** Identities that may use it; the verifier may always. */
    clients: string[];
}

const issuerName = "internal-ca";
const issuerSecretName = "ca-key-pair";
const trustBundleName = "workload-trust";
const apiPort = 3001;
const verifier = "verifier";

/** One environment: its certificate authority, its gateway, its services, and what a verifier needs to attack them. */
export class Platform extends pulumi.ComponentResource {
    /** Lets a policy match the component itself with `validateResourceOfType`. */
    public static readonly __pulumiType = "encryption-in-transit:index:Platform";

    public readonly issuer: CertificateIssuer;
    public readonly trust: TrustBundle;
    public readonly gateway: NginxGateway;
    /** Host of the gateway outside the cluster. */
    public readonly gatewayHost: string;
    public readonly api: SecureService;
    public readonly verifier: WorkloadCertificate;
    /** End of the issuing intermediate, RFC 3339. */
    public readonly issuerExpires: pulumi.Output<string>;

    constructor(name: string, args: PlatformArgs, opts?: pulumi.ComponentResourceOptions) {
        super(Platform.__pulumiType, name, args, opts);
        const child = { parent: this };
        const namespace = createNamespace(args.namespace, child);
        const authority = createAuthority(args, child);
        this.issuerExpires = authority.expires;
        this.issuer = new CertificateIssuer(
            issuerName,
            { issuerName, secretName: issuerSecretName },
            { ...child, dependsOn: [authority] },
        );
        this.trust = new TrustBundle(
            trustBundleName,
            {
                bundleName: trustBundleName,
                namespaces: [args.namespace, ...args.tenantNamespaces],
                rootCertificatesPem: [authority.rootCertificatePem],
            },
            { ...child, dependsOn: [namespace] },
        );
        const ready = { ...child, dependsOn: [namespace, this.issuer, this.trust] };
        const issuance = { issuerName, issuerKind: this.issuer.issuerKind, ...args.leaf };
        this.verifier = createVerifier(args, issuance, ready);
        this.gatewayHost = `gateway.${args.domain}`;
        this.api = createApi(args, issuance, this.verifier.identity, ready);
        this.gateway = createGateway(args, issuance, this.gatewayHost, {
            ...child,
            dependsOn: [...ready.dependsOn, this.api],
        });
        this.registerOutputs({ gatewayHost: this.gatewayHost, issuerExpires: this.issuerExpires });
    }
}

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

const createApi = (
    args: PlatformArgs,
    issuance: IssuanceArgs,
    verifierIdentity: string,
    opts: pulumi.ComponentResourceOptions,
) =>
    new SecureService(
        "api",
        {
            namespace: args.namespace,
            image: args.api.image,
            replicas: args.api.replicas,
            port: apiPort,
            profile: args.profile,
            trustBundleName,
            issuance,
            gateway: "gateway",
            allowedClients: [...new Set([verifierIdentity, ...args.api.clients])],
            metricsClients: [args.monitoringIdentity],
            callers: [verifier],
            callerNamespaces: args.tenantNamespaces,
            monitoringNamespace: namespaceOf(args.monitoringIdentity),
        },
        opts,
    );

/** After the services: nginx does not start where the name of one does not resolve. */
const createGateway = (
    args: PlatformArgs,
    issuance: IssuanceArgs,
    host: string,
    opts: pulumi.ComponentResourceOptions,
) =>
    new NginxGateway(
        "gateway",
        {
            namespace: args.namespace,
            image: args.gateway.image,
            replicas: args.gateway.replicas,
            profile: args.profile,
            routes: [
                {
                    host,
                    service: "api",
                    port: apiPort,
                    clientCertificates: ClientCertificates.Required,
                },
            ],
            trustBundleName,
            issuance,
            metricsClients: [args.monitoringIdentity],
            monitoringNamespace: namespaceOf(args.monitoringIdentity),
        },
        opts,
    );

/** The certificate and the ways out of a Job that attacks the platform from inside; the Job itself is the verifier's. */
function createVerifier(
    { namespace }: PlatformArgs,
    issuance: IssuanceArgs,
    opts: pulumi.ComponentResourceOptions,
): WorkloadCertificate {
    const everyone = [{ podSelector: {} }];
    new k8s.networking.v1.NetworkPolicy(
        verifier,
        {
            metadata: { name: verifier, namespace },
            spec: allow(verifier, {
                ingress: [],
                egress: [{ peers: everyone, ports: [apiPort, 8443, 8080, 9443] }],
            }),
        },
        opts,
    );
    return new WorkloadCertificate(
        `${verifier}-client`,
        { namespace, service: verifier, usage: CertificateUsage.Client, issuance },
        opts,
    );
}

/** `prometheus.monitoring.svc` is in `monitoring`. */
const namespaceOf = (identity: string): string => identity.split(".")[1] ?? "";
