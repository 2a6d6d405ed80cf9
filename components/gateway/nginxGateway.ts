import * as k8s from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import { childOf } from "../childOptions";
import { configHash, configHashAnnotation } from "../kubernetes/configHash";
import { createWorkload } from "../kubernetes/workload";
import { identityOf, serviceNames } from "../pki/names";
import {
    CertificateUsage,
    WorkloadCertificate,
    type IssuanceArgs,
} from "../pki/workloadCertificate";
import { tlsProfile, type TlsProfileName } from "../tls/profile";
import {
    gatewayContainers,
    gatewayGraceSeconds,
    gatewayMounts,
    gatewayPorts,
    gatewayScript,
    nginxPaths,
    nginxUid,
} from "./gatewayPods";
import { edgeService, gatewayFlows, hostNamesAnnotation, metricsService } from "./gatewayServices";
import { renderNginxConf, type ClientCertificates } from "./nginxConf";

/** A service of the gateway's own namespace that clients reach through it. */
export interface GatewayRouteArgs {
    /** Host outside the cluster, for example `gateway.local.bluefly.io`. */
    host: string;
    /** Name of the Service behind it. */
    service: string;
    /** Port of that Service, mutual TLS. */
    port: number;
    /** Whether clients must show a certificate. */
    clientCertificates: ClientCertificates;
    /** Whether a connection may become a WebSocket. Defaults to false. */
    webSocket?: boolean;
}

/** All plain: what is rendered from them must be known in preview. */
export interface NginxGatewayArgs {
    namespace: string;
    /** nginx 1.25.1 or later with sh, curl and coreutils, by tag or digest. */
    image: string;
    replicas: number;
    profile: TlsProfileName;
    /** The first answers to the gateway's names inside the cluster too. */
    routes: GatewayRouteArgs[];
    /** ConfigMap with the roots of clients and services. */
    trustBundleName: string;
    issuance: IssuanceArgs;
    /** Identities that may read the metrics; nginx knows them by their common name. */
    metricsClients: string[];
    /** Namespace from which metrics are read. */
    monitoringNamespace: string;
}

/** nginx at the edge: TLS 1.3 with clients' certificates outside, mutual TLS 1.3 to the services inside, reloaded in place. */
export class NginxGateway extends pulumi.ComponentResource {
    /** Lets a policy match the component itself with `validateResourceOfType`. */
    public static readonly __pulumiType = "encryption-in-transit:index:NginxGateway";

    /** Name by which services know it. */
    public readonly identity: string;
    /** Secret of the certificate that it shows to clients. */
    public readonly serverSecretName: string;

    constructor(name: string, args: NginxGatewayArgs, opts?: pulumi.ComponentResourceOptions) {
        super(NginxGateway.__pulumiType, name, args, opts);
        const child = childOf(this, opts);
        const server = certificate(name, args, CertificateUsage.Server, child);
        const client = certificate(name, args, CertificateUsage.Client, child);
        this.identity = server.identity;
        this.serverSecretName = server.secretName;

        const files = { "nginx.conf": gatewayConf(name, args), "run.sh": gatewayScript };
        const config = new k8s.core.v1.ConfigMap(
            name,
            { metadata: { name, namespace: args.namespace }, data: files },
            child,
        );
        const mounts = gatewayMounts({
            config: name,
            server: server.secretName,
            client: client.secretName,
            trustBundle: args.trustBundleName,
        });
        createServices(name, args, child);
        createWorkload(
            {
                name,
                namespace: args.namespace,
                replicas: args.replicas,
                uid: nginxUid,
                annotations: { [configHashAnnotation]: configHash(files) },
                containers: gatewayContainers(args.image, mounts),
                mounts,
                graceSeconds: gatewayGraceSeconds,
                shareProcessNamespace: true,
            },
            pulumi.mergeOptions(child, { dependsOn: [config, server, client] }),
        );
        this.registerOutputs({ identity: this.identity, serverSecretName: this.serverSecretName });
    }
}

const certificate = (
    name: string,
    { namespace, issuance, routes }: NginxGatewayArgs,
    usage: CertificateUsage,
    opts: pulumi.ComponentResourceOptions,
) =>
    new WorkloadCertificate(
        `${name}-${usage}`,
        {
            namespace,
            service: name,
            usage,
            ...(usage === CertificateUsage.Server ? { hosts: routes.map(({ host }) => host) } : {}),
            issuance,
        },
        opts,
    );

const gatewayConf = (name: string, args: NginxGatewayArgs): string =>
    renderNginxConf({
        profile: tlsProfile(args.profile),
        ports: gatewayPorts,
        servers: args.routes.map((route, index) => ({
            names: index === 0 ? [...serviceNames(name, args.namespace), route.host] : [route.host],
            clientCertificates: route.clientCertificates,
            webSocket: route.webSocket ?? false,
            upstream: { host: identityOf(route.service, args.namespace), port: route.port },
        })),
        metrics: { name: identityOf(name, args.namespace), clients: args.metricsClients },
        paths: nginxPaths,
    });

function createServices(
    name: string,
    args: NginxGatewayArgs,
    opts: pulumi.CustomResourceOptions,
): void {
    const { namespace, routes, monitoringNamespace } = args;
    const metrics = `${name}-metrics`;
    const annotations = { [hostNamesAnnotation]: routes.map(({ host }) => host).join(",") };
    new k8s.core.v1.Service(
        name,
        { metadata: { name, namespace, annotations }, spec: edgeService(name) },
        opts,
    );
    new k8s.core.v1.Service(
        metrics,
        { metadata: { name: metrics, namespace }, spec: metricsService(name) },
        opts,
    );
    new k8s.networking.v1.NetworkPolicy(
        name,
        { metadata: { name, namespace }, spec: gatewayFlows(name, routes, monitoringNamespace) },
        opts,
    );
}
