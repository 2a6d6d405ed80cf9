/** Where sockets are opened. */
export const streamPath = "/stream";
/** Answered to any verified peer. */
export const healthPath = "/healthz";
