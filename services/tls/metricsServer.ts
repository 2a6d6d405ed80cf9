import type { ServerResponse } from "node:http";
import type { Server } from "node:https";
import type { Registry } from "prom-client";
import { createTlsServer, type TlsServerSettings } from "./httpsServer";
import { peerIdentity } from "./peer";

export interface MetricsServerSettings extends TlsServerSettings {
    readonly registry: Registry;
    /** Identities that may read; everybody else gets 403, whatever the path. */
    readonly clients: readonly string[];
}

/** `GET /metrics` in Prometheus' text format, over mutual TLS, for the identities named and nobody else. */
export function createMetricsServer(settings: MetricsServerSettings): Server {
    const { registry, clients, log } = settings;
    return createTlsServer(settings, (request, response) => {
        const peer = peerIdentity(request);
        if (peer === undefined || !clients.includes(peer)) {
            log.warn(
                { event: "metrics_refused", peer, address: request.socket.remoteAddress },
                "metrics refused",
            );
            answer(response, 403, "identity_not_allowed\n");
        } else if (request.method !== "GET" || request.url !== "/metrics") {
            answer(response, 404, "not_found\n");
        } else {
            registry.metrics().then(
                (text) => {
                    answer(response, 200, text, registry.contentType);
                },
                () => {
                    answer(response, 500, "internal_error\n");
                },
            );
        }
    });
}

function answer(response: ServerResponse, status: number, text: string, type = "text/plain"): void {
    response.writeHead(status, { "Content-Type": type }).end(text);
}
