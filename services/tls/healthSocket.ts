/** Where `server.js` answers and `probe.js` asks, unless `HEALTH_SOCKET` says otherwise. Imports nothing: a probe starts often. */
export const defaultHealthSocket = "/tmp/health.sock";
