import { join } from "node:path";
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
} from "../index";

/** First part of every type token. */
export const packageName = "encryption-in-transit";

/**
 * The plugin package: what programs in other languages than this one can make. `Platform` and `PendingPlatform` are not in it: they
 * take a whole environment at once and hand out components, and an argument or an output of a package is plain data.
 */
export const packageOptions: ComponentProviderOptions = {
    name: packageName,
    dirname: join(__dirname, ".."),
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
