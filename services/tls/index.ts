/**
 * TLS for the platform's Node services: load, check, watch and swap certificates, and end connections in time.
 * Importing this module has no side effect.
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
export { HttpConnections } from "./connections";
export { EnvReader, readTlsEnv, type TlsEnv } from "./env";
export { serveHealth } from "./health";
export { defaultHealthSocket } from "./healthSocket";
export { createTlsServer } from "./httpsServer";
export { identityOf } from "./identity";
export { listen } from "./listen";
export { type Clock, type Log, messageOf } from "./log";
export { readContent, type TlsFiles, type TlsMaterial } from "./material";
export { TlsMetrics } from "./metrics";
export { createMetricsServer } from "./metricsServer";
export { secureContextOptions, type TlsPolicy } from "./options";
export { peerIdentity } from "./peer";
export { logOptions, runProcess, type RunningService } from "./process";
export { ReloadingCertificate } from "./reload";
export { chainFault } from "./trust";
