/**
 * TLS for the platform's Node services: load, check, watch and swap certificates, on servers and in clients, and end connections in
 * time. Importing this module has no side effect. What needs a driver is imported by its own name, so that a bundle holds no driver
 * that it does not use: `services-tls/postgres`, `/redis`, `/grpcServer`, `/grpcCredentials`.
 */
export {
    authorise,
    type Caller,
    CallerRefusal,
    type CallerRefusalCode,
    type CallerSettings,
    identify,
    type ProvenCaller,
    refuseForgedHeaders,
} from "./caller";
export { clientOptions } from "./clientOptions";
export { HttpConnections } from "./connections";
export type { EndReason } from "./connectionTimers";
export {
    EnvReader,
    type PostgresEnv,
    readClientFiles,
    readPostgresEnv,
    readResult,
    readTlsEnv,
    type TlsEnv,
} from "./env";
export { follow } from "./follow";
export { serveHealth } from "./health";
export { defaultHealthSocket } from "./healthSocket";
export { createTlsServer } from "./httpsServer";
export { identityOf, isIdentity } from "./identity";
export { listen } from "./listen";
export { type Clock, type Log, messageOf } from "./log";
export { readContent, type TlsFiles, type TlsMaterial } from "./material";
export { type CertificateMetrics, TlsMetrics } from "./metrics";
export { createMetricsServer } from "./metricsServer";
export { secureContextOptions, type TlsPolicy } from "./options";
export { peerIdentity } from "./peer";
export { logOptions, runProcess, type RunningService } from "./process";
export { ReloadingCertificate } from "./reload";
export { requestIdOf } from "./requestId";
export { serve, type ServiceDependencies } from "./serve";
export { chainFault } from "./trust";
export { onUpgrade, type Upgrade } from "./upgrade";
