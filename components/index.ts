/** The library's public face. Importing it has no effect. */
export { ClientCertificates } from "./gateway/nginxConf";
export { NginxGateway, type GatewayRouteArgs, type NginxGatewayArgs } from "./gateway/nginxGateway";
export type { StorageArgs, StoreClientArgs } from "./kubernetes/statefulWorkload";
export type {
    CertificateAuthorityArgs,
    HierarchyArgs,
    IntermediateArgs,
    RootArgs,
} from "./pki/authorityArgs";
export { CertificateAuthority } from "./pki/certificateAuthority";
export { CertificateIssuer, type CertificateIssuerArgs } from "./pki/certificateIssuer";
export { Purpose, RootMode } from "./pki/hierarchy";
export { TrustBundle, trustBundleKey, type TrustBundleArgs } from "./pki/trustBundle";
export {
    CertificateUsage,
    WorkloadCertificate,
    type IssuanceArgs,
    type WorkloadCertificateArgs,
} from "./pki/workloadCertificate";
export { Platform } from "./platform";
export type { Authorities } from "./platform/authorities";
export { PendingPlatform } from "./platform/pendingPlatform";
export type { PlatformArgs } from "./platform/platformArgs";
export {
    PostgresDatabase,
    type PostgresDatabaseArgs,
    type PostgresReplicationRoleArgs,
    type PostgresRoleArgs,
} from "./postgres/postgresDatabase";
export { RedisCache, type RedisCacheArgs } from "./redis/redisCache";
export type { RedisApplicationArgs } from "./redis/redisSecrets";
export {
    SecureService,
    type MountedFilesArgs,
    type PeerArgs,
    type SecureServiceArgs,
    type ServiceCallsArgs,
} from "./service/secureService";
export { AdmissionGuard, type AdmissionGuardArgs } from "./tenant/admissionGuard";
export type { AdministratorsArgs } from "./tenant/admissionPolicy";
export type { TenantFlowArgs } from "./tenant/flows";
export { NameGrant, type NameGrantArgs, type NameGrantIssuanceArgs } from "./tenant/nameGrant";
export type { TenantQuotaArgs } from "./tenant/namespaceLimits";
export { Tenant, type TenantArgs, type TenantGrantArgs } from "./tenant/tenant";
export { KeyAlgorithm, tlsProfile, TlsProfileName, type TlsProfile } from "./tls/profile";
