/**
 * TLS for the platform's Node services: load, check, watch and swap certificates, and end connections in time.
 * Importing this module has no side effect.
 */
export { HttpConnections } from "./connections";
export { EnvReader, readTlsEnv, type TlsEnv } from "./env";
export { createTlsServer } from "./httpsServer";
export { identityOf } from "./identity";
export { type Clock, type Log, messageOf } from "./log";
export type { TlsMaterial } from "./material";
export { TlsMetrics } from "./metrics";
export { createMetricsServer } from "./metricsServer";
export { peerIdentity } from "./peer";
export { ReloadingCertificate } from "./reload";
export { chainFault } from "./trust";
