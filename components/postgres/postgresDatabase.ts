import * as k8s from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import { childOf } from "../childOptions";
import { configHash, configHashAnnotation } from "../kubernetes/configHash";
import { allow, podsIn, podsOfNamespace } from "../kubernetes/networkPolicy";
import {
    createStatefulWorkload,
    type StorageArgs,
    type StoreClientArgs,
} from "../kubernetes/statefulWorkload";
import { workloadLabels } from "../kubernetes/workload";
import {
    CertificateUsage,
    WorkloadCertificate,
    type IssuanceArgs,
} from "../pki/workloadCertificate";
import { metricsPort } from "../service/servicePods";
import type { TlsProfileName } from "../tls/profile";
import { createCredentials } from "./postgresCredentials";
import {
    dataVolume,
    postgresContainer,
    postgresFiles,
    postgresGraceSeconds,
    postgresMounts,
    postgresPort,
    postgresReloadContainer,
    postgresUid,
} from "./postgresPods";

/** A role that copies the whole instance (`pg_basebackup`) and logs in to no database. */
export interface PostgresReplicationRoleArgs {
    /** 1 to 63 lower-case letters, digits and "_"; its client certificate has it as common name. */
    role: string;
    /** Namespace of the workload that uses it; it exists. */
    namespace: string;
    /** Secret that is made there, of the type `kubernetes.io/basic-auth`: its keys are `username` and `password`. */
    credentialsSecretName: string;
}

/** A role that logs in to one database, and owns the schema of its own name there. */
export interface PostgresRoleArgs extends PostgresReplicationRoleArgs {
    /** Named as a role is. It is made, and stays when its role is taken out. */
    database: string;
}

/** All plain: what is rendered from them must be known in preview. */
export interface PostgresDatabaseArgs {
    namespace: string;
    /** PostgreSQL 17 with sh and coreutils, by tag or digest. */
    image: string;
    /** Image of the sidecar, which keeps docs/images.md. */
    reloaderImage: string;
    profile: TlsProfileName;
    /** ConfigMap with the roots of clients. */
    trustBundleName: string;
    issuance: IssuanceArgs;
    /** Name outside the cluster that its certificate has too, for example `postgres.local.bluefly.io`. */
    host: string;
    storage: StorageArgs;
    /** Who may log in; one or more. */
    roles: PostgresRoleArgs[];
    /** Who may copy the instance. Defaults to nobody. */
    replicationRoles?: PostgresReplicationRoleArgs[];
    /** Workloads whose pods may open connections. */
    clients: StoreClientArgs[];
    /** Namespaces whose pods may all open connections: who gets in is then a matter of role, certificate and password. Defaults to none. */
    clientNamespaces?: string[];
    /** Identities that may read the metrics. */
    metricsClients: string[];
    /** Namespace from which metrics are read. */
    monitoringNamespace: string;
}

/**
 * One PostgreSQL that nobody reaches but over TLS 1.3 with a certificate for their role and its password; its certificate is
 * reloaded in place.
 */
export class PostgresDatabase extends pulumi.ComponentResource {
    /** Lets a policy match the component itself with `validateResourceOfType`. */
    public static readonly __pulumiType = "encryption-in-transit:index:PostgresDatabase";

    /** Name under which it is dialled inside the cluster. */
    public readonly identity: string;
    public readonly port: number;
    /** Secret of its certificate. */
    public readonly serverSecretName: string;

    constructor(name: string, args: PostgresDatabaseArgs, opts?: pulumi.ComponentResourceOptions) {
        super(PostgresDatabase.__pulumiType, name, args, opts);
        const child = childOf(this, opts);
        const server = serverCertificate(name, args, child);
        this.identity = server.identity;
        this.port = postgresPort;
        this.serverSecretName = server.secretName;

        const files = postgresFiles(args.profile, namesOf(args));
        const config = new k8s.core.v1.ConfigMap(
            name,
            { metadata: { name, namespace: args.namespace }, data: files },
            child,
        );
        const passwords = createCredentials(name, args.namespace, credentialsOf(args), child);
        createAccess(name, args, child);
        createPods(
            name,
            args,
            files,
            pulumi.mergeOptions(child, { dependsOn: [config, passwords, server] }),
        );
        this.registerOutputs({
            identity: this.identity,
            port: this.port,
            serverSecretName: this.serverSecretName,
        });
    }
}

const serverCertificate = (
    name: string,
    { namespace, host, issuance }: PostgresDatabaseArgs,
    opts: pulumi.ComponentResourceOptions,
) =>
    new WorkloadCertificate(
        `${name}-server`,
        { namespace, service: name, usage: CertificateUsage.Server, hosts: [host], issuance },
        opts,
    );

const namesOf = ({ roles, replicationRoles = [] }: PostgresDatabaseArgs) => ({
    roles: roles.map(({ role, database }) => ({ role, database })),
    replicationRoles: replicationRoles.map(({ role }) => role),
});

const credentialsOf = ({ roles, replicationRoles = [] }: PostgresDatabaseArgs) =>
    [...roles, ...replicationRoles].map(({ role, namespace, credentialsSecretName }) => ({
        role,
        namespace,
        secretName: credentialsSecretName,
    }));

function createAccess(
    name: string,
    args: PostgresDatabaseArgs,
    opts: pulumi.CustomResourceOptions,
): void {
    const metadata = { name, namespace: args.namespace };
    // TLS begins inside PostgreSQL's own protocol: to a mesh it is bytes.
    const ports = [
        { name: `tcp-${name}`, appProtocol: "tcp", port: postgresPort },
        { name: "tls-metrics", appProtocol: "tls", port: metricsPort },
    ].map((port) => ({ ...port, targetPort: port.port }));
    new k8s.core.v1.Service(
        name,
        { metadata, spec: { selector: workloadLabels(name), ports } },
        opts,
    );
    new k8s.networking.v1.NetworkPolicy(name, { metadata, spec: flows(name, args) }, opts);
}

const flows = (
    name: string,
    { clients, clientNamespaces = [], monitoringNamespace }: PostgresDatabaseArgs,
) =>
    allow(name, {
        ingress: [
            // One a client, since no peer at all would mean everybody.
            ...[
                ...clients.map(({ service, namespace }) => podsOfNamespace(service, namespace)),
                ...clientNamespaces.map(podsIn),
            ].map((peer) => ({ peers: [peer], ports: [postgresPort] })),
            { peers: [podsIn(monitoringNamespace)], ports: [metricsPort] },
        ],
        egress: [],
    });

function createPods(
    name: string,
    args: PostgresDatabaseArgs,
    files: Readonly<Record<string, string>>,
    opts: pulumi.CustomResourceOptions,
): void {
    const mounts = postgresMounts({
        config: name,
        server: `${name}-server`,
        trustBundle: args.trustBundleName,
        passwords: `${name}-passwords`,
    });
    createStatefulWorkload(
        {
            name,
            namespace: args.namespace,
            uid: postgresUid,
            annotations: { [configHashAnnotation]: configHash(files) },
            containers: [
                postgresContainer(args.image, mounts),
                postgresReloadContainer(
                    args.reloaderImage,
                    args.profile,
                    args.metricsClients,
                    mounts,
                ),
            ],
            mounts: [...mounts.shared, ...mounts.postgres, ...mounts.reload],
            graceSeconds: postgresGraceSeconds,
            shareProcessNamespace: true,
            data: { name: dataVolume, storage: args.storage },
        },
        opts,
    );
}
