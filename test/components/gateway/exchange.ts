import { request as plainRequest } from "node:http";
import { createServer, request as tlsRequest, type RequestOptions, type Server } from "node:https";
import type { AddressInfo } from "node:net";
import type { IncomingMessage } from "node:http";
import type { Credential } from "./credentials";

export interface Answer {
    readonly status: number;
    readonly headers: IncomingMessage["headers"];
    readonly body: string;
    /** SHA-256 of the certificate that was served, over TLS. */
    readonly served: string | undefined;
}

/** One request on a connection of its own. */
export const exchange = (options: RequestOptions): Promise<Answer> =>
    collect(tlsRequest({ host: "127.0.0.1", agent: false, ...options }));

/** The same in plaintext, also over a Unix socket. */
export const plainExchange = (options: RequestOptions): Promise<Answer> =>
    collect(plainRequest({ host: "127.0.0.1", agent: false, ...options }));

function collect(request: ReturnType<typeof plainRequest>): Promise<Answer> {
    return new Promise((resolve, reject) => {
        request.on("error", reject).on("response", (response) => {
            const socket = response.socket;
            const served =
                "getPeerX509Certificate" in socket
                    ? (socket as import("node:tls").TLSSocket).getPeerX509Certificate()
                          ?.fingerprint256
                    : undefined;
            let body = "";
            response
                .setEncoding("utf8")
                .on("data", (text: string) => (body += text))
                .on("end", () => {
                    resolve({
                        status: response.statusCode ?? 0,
                        headers: response.headers,
                        body,
                        served,
                    });
                });
        });
        request.end();
    });
}

/** A service that demands a client certificate and answers with the headers that reached it. */
export async function echo(credential: Credential, ca: string): Promise<Server> {
    const server = createServer(
        { ...credential, ca, requestCert: true, rejectUnauthorized: true, minVersion: "TLSv1.3" },
        ({ headers }, response) => {
            response.setHeader("X-Frame-Options", "SAMEORIGIN");
            response.end(JSON.stringify(headers));
        },
    );
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    return server;
}

export const portOf = (server: Server): number => (server.address() as AddressInfo).port;
