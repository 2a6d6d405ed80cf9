import type { HttpApplication } from "../hop";
import { http } from "./http";

/** What a service says to a client that it knows and that has no token: others get 401 `client_cert_required` or 403. */
export const tokenRequired = '401 {"error":"token_required"}';

/** A WebSocket that is opened to whoever has a certificate and a token, of which the verifier has the first. @see RFC 6455, 4.1 */
export const webSocket = (host: string): HttpApplication =>
    http({
        host,
        question: {
            path: "/stream",
            headers: {
                Connection: "Upgrade",
                Upgrade: "websocket",
                "Sec-WebSocket-Version": "13",
                "Sec-WebSocket-Key": "dGhlIHNhbXBsZSBub25jZQ==",
            },
        },
        welcome: tokenRequired,
    });
