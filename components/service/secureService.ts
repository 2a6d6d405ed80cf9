import * as k8s from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import { childOf } from "../childOptions";
import { allow, podsIn, podsOf, podsOfNamespace } from "../kubernetes/networkPolicy";
import { createWorkload, workloadLabels } from "../kubernetes/workload";
import {
    CertificateUsage,
    WorkloadCertificate,
    type IssuanceArgs,
} from "../pki/workloadCertificate";
import type { TlsProfileName } from "../tls/profile";
import {
    metricsPort,
    nodeUid,
    serviceContainer,
    serviceGraceSeconds,
    serviceMounts,
} from "./servicePods";

/** All plain: what is rendered from them must be known in preview. */
export interface SecureServiceArgs {
    namespace: string;
    /** Image that keeps docs/images.md, by tag or digest. */
    image: string;
    replicas: number;
    /** Port of the service, 1024 or above; its metrics are on 9443. */
    port: number;
    profile: TlsProfileName;
    /** ConfigMap with the roots of clients. */
    trustBundleName: string;
    issuance: IssuanceArgs;
    /** Names outside the cluster under which it is dialled too. Defaults to none: the gateway dials the name inside. */
    hosts?: string[];
    /**
     * Workload of the same namespace that may call, and the only peer whose `Client-Cert` header is believed. Defaults to none: then
     * nothing reaches the service through a gateway.
     */
    gateway?: string;
    /** Identities that may use the service. Defaults to none: then it has a list of its own in `env`. */
    allowedClients?: string[];
    /** Identities that may read its metrics. */
    metricsClients: string[];
    /** Workloads of the same namespace that call it directly. */
    callers: string[];
    /** Other namespaces from which it is called directly. */
    callerNamespaces: string[];
    /** Namespace from which metrics are read. */
    monitoringNamespace: string;
    /** What else it reads at its start, by variable; nothing secret. Defaults to none, and replaces nothing of the contract. */
    env?: Record<string, string>;
    /** Secrets whose keys it reads as files. Defaults to none. */
    secrets?: MountedFilesArgs[];
    /** ConfigMaps whose keys it reads as files. Defaults to none. */
    configMaps?: MountedFilesArgs[];
    /** What it calls, and the certificate that it shows there. Defaults to nothing. */
    calls?: ServiceCallsArgs;
}

/** A Secret or ConfigMap of the service's namespace, as a directory that follows its changes. */
export interface MountedFilesArgs {
    /** Name of the Secret or ConfigMap. */
    name: string;
    /** Directory, absolute. */
    mountPath: string;
}

/** A service as a client of others. */
export interface ServiceCallsArgs {
    /** Common name of its client certificate, only where a peer reads it: a database role. Defaults to none. */
    commonName?: string;
    peers: PeerArgs[];
}

/** A workload that is called, and the port of its pods. */
export interface PeerArgs {
    service: string;
    namespace: string;
    port: number;
}

/** A service that speaks nothing but mutual TLS 1.3 and reloads its certificate by itself. */
export class SecureService extends pulumi.ComponentResource {
    /** Lets a policy match the component itself with `validateResourceOfType`. */
    public static readonly __pulumiType = "encryption-in-transit:index:SecureService";

    /** Name under which it is dialled inside the cluster, and by which others authorise it. */
    public readonly identity: string;
    public readonly port: number;
    /** Secret of its certificate. */
    public readonly serverSecretName: string;
    /** Secret of the certificate that it shows to what it calls, if it calls anything. */
    public readonly clientSecretName: string | undefined;

    constructor(name: string, args: SecureServiceArgs, opts?: pulumi.ComponentResourceOptions) {
        super(SecureService.__pulumiType, name, args, opts);
        const child = childOf(this, opts);
        const server = serverCertificate(name, args, child);
        const client = clientCertificate(name, args, child);
        this.identity = server.identity;
        this.port = args.port;
        this.serverSecretName = server.secretName;
        this.clientSecretName = client?.secretName;

        const mounts = serviceMounts(args, server.secretName, client?.secretName);
        createAccess(name, args, child);
        createWorkload(
            {
                name,
                namespace: args.namespace,
                replicas: args.replicas,
                uid: nodeUid,
                containers: [serviceContainer(name, args, mounts)],
                mounts,
                graceSeconds: serviceGraceSeconds,
            },
            pulumi.mergeOptions(child, { dependsOn: [server, ...(client ? [client] : [])] }),
        );
        this.registerOutputs({
            identity: this.identity,
            port: this.port,
            serverSecretName: this.serverSecretName,
            clientSecretName: this.clientSecretName,
        });
    }
}

const serverCertificate = (
    name: string,
    { namespace, issuance, hosts = [] }: SecureServiceArgs,
    opts: pulumi.ComponentResourceOptions,
) =>
    new WorkloadCertificate(
        `${name}-server`,
        { namespace, service: name, usage: CertificateUsage.Server, hosts, issuance },
        opts,
    );

function clientCertificate(
    name: string,
    { namespace, issuance, calls }: SecureServiceArgs,
    opts: pulumi.ComponentResourceOptions,
): WorkloadCertificate | undefined {
    if (calls === undefined) return undefined;
    const { commonName } = calls;
    return new WorkloadCertificate(
        `${name}-client`,
        {
            namespace,
            service: name,
            usage: CertificateUsage.Client,
            ...(commonName === undefined ? {} : { commonName }),
            issuance,
        },
        opts,
    );
}

function createAccess(
    name: string,
    args: SecureServiceArgs,
    opts: pulumi.CustomResourceOptions,
): void {
    const metadata = { name, namespace: args.namespace };
    const ports = [
        { name: `tls-${name}`, port: args.port },
        { name: "tls-metrics", port: metricsPort },
    ].map((port) => ({ ...port, appProtocol: "tls", targetPort: port.port }));
    new k8s.core.v1.Service(
        name,
        { metadata, spec: { selector: workloadLabels(name), ports } },
        opts,
    );
    new k8s.networking.v1.NetworkPolicy(name, { metadata, spec: serviceFlows(name, args) }, opts);
}

const serviceFlows = (name: string, args: SecureServiceArgs) =>
    allow(name, {
        ingress: [
            {
                peers: [
                    ...[...(args.gateway === undefined ? [] : [args.gateway]), ...args.callers].map(
                        podsOf,
                    ),
                    ...args.callerNamespaces.map(podsIn),
                ],
                ports: [args.port],
            },
            { peers: [podsIn(args.monitoringNamespace)], ports: [metricsPort] },
        ],
        egress: (args.calls?.peers ?? []).map(({ service, namespace, port }) => ({
            peers: [
                namespace === args.namespace
                    ? podsOf(service)
                    : podsOfNamespace(service, namespace),
            ],
            ports: [port],
        })),
    });
