import { constants } from "node:crypto";
import type { RequestListener } from "node:http";
import { createServer, type Server, type ServerOptions } from "node:https";
import type { Credentials } from "../../verify/hop";
import { streamService, type StreamSettings } from "./fakeStream";
import { listen, modernGroups, modernSuites, type Listening } from "./servers";

export interface ServiceSettings {
    readonly credentials: Credentials;
    readonly trustBundle: string;
}

/** Every respect in which a test makes the api wrong; absent means right. */
export interface ApiServerSettings extends ServiceSettings {
    readonly believesClientCert?: boolean;
    /** Whether the metrics are given to every client. */
    readonly openMetrics?: boolean;
}

/** TLS as every service has it: certificates demanded in the handshake. */
export const mutualTls = ({ credentials, trustBundle }: ServiceSettings): ServerOptions => ({
    key: credentials.privateKey,
    cert: credentials.certificate,
    ca: trustBundle,
    requestCert: true,
    rejectUnauthorized: true,
    minVersion: "TLSv1.3",
    ciphers: modernSuites,
    ecdhCurve: modernGroups,
    secureOptions: constants.SSL_OP_NO_TICKET,
});

/** The api's manners: `Client-Cert` refused, metrics for nobody. */
export function startApi(settings: ApiServerSettings): Promise<Listening> {
    const server = serviceOf(settings, (request, response) => {
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

/** The tracer, asked directly. */
export function startTracer({
    stream = {},
    ...settings
}: ServiceSettings & { readonly stream?: StreamSettings }): Promise<Listening> {
    const service = streamService(stream);
    const server = serviceOf(settings, (request, response) => {
        const { status, body } = service(request);
        response.statusCode = status;
        response.end(JSON.stringify(body));
    });
    if (stream.switches) {
        server.on("upgrade", (_, socket) => {
            socket.end(
                "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\r\n",
            );
        });
    }
    return listen(server);
}

function serviceOf(settings: ServiceSettings, respond: RequestListener): Server {
    const server = createServer(mutualTls(settings), respond);
    server.on("tlsClientError", () => undefined);
    return server;
}
