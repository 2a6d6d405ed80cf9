import type { StorageArgs } from "../kubernetes/statefulWorkload";
import type { HierarchyArgs } from "../pki/authorityArgs";
import type { RootMode } from "../pki/hierarchy";
import type { AdministratorsArgs } from "../tenant/admissionPolicy";
import type { TenantGrantArgs } from "../tenant/tenant";
import type { KeyAlgorithm, TlsProfileName } from "../tls/profile";

/** All plain: what is rendered from them must be known in preview. */
export interface PlatformArgs {
    /** Domain of the hosts outside the cluster, for example `local.bluefly.io`. */
    domain: string;
    /** Namespace of the platform; it is made. */
    namespace: string;
    /** Namespace of the stores; it is made. */
    dataNamespace: string;
    /** Namespace that cert-manager reads its ClusterIssuers' Secrets from; it exists. */
    certManagerNamespace: string;
    profile: TlsProfileName;
    pki: PlatformPkiArgs;
    leaf: PlatformLeafArgs;
    gateway: PlatformWorkloadArgs;
    api: PlatformApiArgs;
    postgres: PlatformStoreArgs;
    redis: PlatformStoreArgs;
    reloader: PlatformReloaderArgs;
    agentMesh: PlatformAgentMeshArgs;
    tracer: PlatformTracerArgs;
    /** Identity of the monitor, `<service>.<namespace>.svc`. */
    monitoringIdentity: string;
    /** Who may change what is the platform's; nobody where it has the cluster for itself and no tenants. */
    administrators: AdministratorsArgs;
    /** Teams whose workloads use the platform; their namespaces are made. */
    tenants: PlatformTenantArgs[];
}

/** A team, by a name that no other has. */
export interface PlatformTenantArgs extends TenantGrantArgs {
    name: string;
    /** Its database in the platform's PostgreSQL. Defaults to none. */
    database?: PlatformTenantDatabaseArgs;
}

/**
 * A database that is made, and stays when it is taken from the configuration. Its credentials are in the Secret `postgres-credentials` of the
 * tenant's first namespace.
 */
export interface PlatformTenantDatabaseArgs {
    /** Role that logs in there and nowhere else: the common name that a client of it must have, and is thereby granted. */
    role: string;
    name: string;
}

export interface PlatformPkiArgs {
    rootMode: RootMode;
    /** Of services, stores and the gateway: what they need to be built issues. */
    workload: HierarchyArgs;
    /** Of the service mesh. */
    mesh: HierarchyArgs;
    vpn: HierarchyArgs;
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

export interface PlatformStoreArgs {
    image: string;
    storage: StorageArgs;
}

/** The sidecar of both stores. */
export interface PlatformReloaderArgs {
    image: string;
}

export interface PlatformAgentMeshArgs extends PlatformWorkloadArgs {
    /** Who may call which methods, beside the api, which may call all, and the verifier, which may register. */
    clients: PlatformAgentMeshClientArgs[];
}

export interface PlatformAgentMeshClientArgs {
    identity: string;
    /** Names of AgentMeshService's methods, `RegisterAgent` and `RenewAgent`. */
    methods: string[];
}

export interface PlatformTracerArgs extends PlatformWorkloadArgs {
    /** Identities that may use it, with a token of their own; the verifier may always. */
    clients: string[];
    /** Origins of the pages whose browsers may connect, `https://<host>`. None: no browser may. */
    origins: string[];
    /** `iss` of the tokens. */
    issuer: string;
    /** `aud` of the tokens. */
    audience: string;
    /** The one algorithm that they are signed with: `ES256`, `ES384`, `PS256`, `PS384` or `EdDSA`. */
    algorithm: string;
    /** JSON Web Key Set of the issuer, public keys alone. */
    jwks: string;
}
