/**
 * Age in seconds at which services end a connection, a tenth earlier or later, and at which nginx asks its clients to come back: a
 * long-lived client meets a renewed certificate, and a revocation, within the hour.
 */
export const connectionMaxAgeSeconds = 3600;

/** Seconds after which services have ended every connection that there was: the spread, then time to say goodbye. */
export const connectionsEndedSeconds = (connectionMaxAgeSeconds * 11) / 10 + 40;
