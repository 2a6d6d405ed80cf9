/**
 * TLS for the platform's Node services: load, check, watch and swap certificates, and end connections in time.
 * Importing this module has no side effect.
 */
export { HttpConnections, type DrainResult } from "./connections";
export { connectionSchedule, type ConnectionSchedule } from "./connectionAge";
export { EnvReader, readTlsEnv, type TlsEnv } from "./env";
export { identityOf, isIdentity } from "./identity";
export type { Clock, Log } from "./log";
export { checkContent, readContent, type TlsContent, type TlsFiles, TlsMaterial } from "./material";
export { TlsMetrics } from "./metrics";
export { createMetricsServer, type MetricsServerSettings } from "./metricsServer";
export { createTlsServer } from "./httpsServer";
export { type TlsPolicy, serverOptions } from "./options";
export { peerCertificate, peerIdentity, tlsSocketOf } from "./peer";
export { ReloadingCertificate, type ReloadingCertificateSettings } from "./reload";
export { type CertificateUse, chainFault, parseCertificates } from "./trust";
