import * as k8s from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import { childOf } from "../childOptions";
import { allow, podsIn, podsOf } from "../kubernetes/networkPolicy";
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
    /** Workload of the same namespace that may call, and the only peer whose `Client-Cert` header is believed. */
    gateway: string;
    /** Identities that may use the service, through the gateway or directly, one or more. */
    allowedClients: string[];
    /** Identities that may read its metrics. */
    metricsClients: string[];
    /** Workloads of the same namespace that call it directly. */
    callers: string[];
    /** Other namespaces from which it is called directly. */
    callerNamespaces: string[];
    /** Namespace from which metrics are read. */
    monitoringNamespace: string;
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

    constructor(name: string, args: SecureServiceArgs, opts?: pulumi.ComponentResourceOptions) {
        super(SecureService.__pulumiType, name, args, opts);
        const child = childOf(this, opts);
        const { namespace, issuance } = args;
        const server = new WorkloadCertificate(
            `${name}-server`,
            { namespace, service: name, usage: CertificateUsage.Server, issuance },
            child,
        );
        this.identity = server.identity;
        this.port = args.port;
        this.serverSecretName = server.secretName;

        const mounts = serviceMounts(server.secretName, args.trustBundleName);
        createAccess(name, args, child);
        createWorkload(
            {
                name,
                namespace,
                replicas: args.replicas,
                uid: nodeUid,
                containers: [serviceContainer(name, args, mounts)],
                mounts,
                graceSeconds: serviceGraceSeconds,
            },
            pulumi.mergeOptions(child, { dependsOn: [server.certificate] }),
        );
        this.registerOutputs({
            identity: this.identity,
            port: this.port,
            serverSecretName: this.serverSecretName,
        });
    }
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
                    ...[args.gateway, ...args.callers].map(podsOf),
                    ...args.callerNamespaces.map(podsIn),
                ],
                ports: [args.port],
            },
            { peers: [podsIn(args.monitoringNamespace)], ports: [metricsPort] },
        ],
        egress: [],
    });
