import { chmodSync, rmSync } from "node:fs";
import { createServer, type Server } from "node:http";

/**
 * Answers `GET /healthz` on a Unix socket: 204 while healthy, 503 otherwise.
 *
 * The kubelet's exec probe asks here. It cannot ask the TLS port: the pod holds a server certificate, which a handshake refuses
 * as a client's, and a second certificate only for a probe would be one more key to guard.
 */
export async function serveHealth(path: string, healthy: () => boolean): Promise<Server> {
    // What a killed container left behind in the pod's volume.
    rmSync(path, { force: true });
    const server = createServer((request, response) => {
        const known = request.method === "GET" && request.url === "/healthz";
        response.writeHead(known ? (healthy() ? 204 : 503) : 404, { Connection: "close" }).end();
    });
    await new Promise<void>((resolve, reject) => {
        server.once("error", reject).listen(path, resolve);
    });
    chmodSync(path, 0o600);
    return server;
}
