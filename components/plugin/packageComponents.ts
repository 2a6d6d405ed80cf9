import type { ComponentProviderOptions } from "@pulumi/pulumi/provider/experimental";
import {
    AdmissionGuard,
    CertificateAuthority,
    CertificateIssuer,
    NameGrant,
    NginxGateway,
    PostgresDatabase,
    RedisCache,
    SecureService,
    Tenant,
    TrustBundle,
    WorkloadCertificate,
} from "./index";

/**
 * The plugin package: what programs in other languages than this one can make. `Platform` and `PendingPlatform` are not in it: they
 * take a whole environment at once and hand out components, and an argument or an output of a package is plain data.
 */
export const packageOptions: ComponentProviderOptions = {
    name: "encryption-in-transit",
    dirname: __dirname,
    components: [
        AdmissionGuard,
        CertificateAuthority,
        CertificateIssuer,
        NameGrant,
        NginxGateway,
        PostgresDatabase,
        RedisCache,
        SecureService,
        Tenant,
        TrustBundle,
        WorkloadCertificate,
    ],
};
