import { createServer } from "node:https";
import type { Credentials } from "../../verify/hop";
import { listen, modernGroups, modernSuites, type Listening } from "./servers";
import { constants } from "node:crypto";

/** Every respect in which a test makes the api wrong; absent means right. */
export interface ApiServerSettings {
    readonly credentials: Credentials;
    readonly trustBundle: string;
    readonly believesClientCert?: boolean;
    /** Whether the metrics are given to every client. */
    readonly openMetrics?: boolean;
}

/** The api's manners: certificates demanded in the handshake, `Client-Cert` refused, metrics for nobody. */
export async function startApi(settings: ApiServerSettings): Promise<Listening> {
    const server = createServer({
        key: settings.credentials.privateKey,
        cert: settings.credentials.certificate,
        ca: settings.trustBundle,
        requestCert: true,
        rejectUnauthorized: true,
        minVersion: "TLSv1.3",
        ciphers: modernSuites,
        ecdhCurve: modernGroups,
        secureOptions: constants.SSL_OP_NO_TICKET,
    });
    server.on("tlsClientError", () => undefined);
    server.on("request", (request, response) => {
        const forged = request.headers["client-cert"] !== undefined;
        if (request.url === "/metrics") {
            response.statusCode = settings.openMetrics ? 200 : 403;
            response.end();
        } else if (forged && !settings.believesClientCert) {
            response.statusCode = 400;
            response.end(JSON.stringify({ error: "client_cert_forbidden" }));
        } else {
            response.end(JSON.stringify({ identity: "verifier.llm-platform.svc", via: "direct" }));
        }
    });
    return listen(server);
}
