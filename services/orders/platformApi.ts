import { once } from "node:events";
import type { IncomingMessage } from "node:http";
import { request, type RequestOptions } from "node:https";
import { json } from "node:stream/consumers";
import {
    clientOptions,
    messageOf,
    type ReloadingCertificate,
} from "@encryption-in-transit/services-tls";
import type { Server } from "./config";
import { Refusal } from "./refusal";

const timeoutMs = 5_000;

/** The platform's api, called by mutual TLS: one connection a call, so that each shows the certificate of its day. */
export class PlatformApi {
    constructor(
        private readonly server: Server,
        private readonly certificate: Pick<ReloadingCertificate, "context">,
    ) {}

    /** Keeps a text there and gives the id of its record. Refuses with 503 where the api does not answer as it should. */
    public async keep(body: string): Promise<string> {
        try {
            const { status, answer } = await this.#post("/v1/records", { body });
            if (status === 201 && typeof answer === "object" && answer !== null && "id" in answer)
                return String(answer.id);
            throw new Error(`answered ${status}`);
        } catch (error) {
            throw new Refusal(503, "platform_unavailable", `api: ${messageOf(error)}`);
        }
    }

    async #post(path: string, body: object): Promise<{ status: number; answer: unknown }> {
        const sent = request(this.#options(path));
        sent.end(JSON.stringify(body));
        const [response] = (await once(sent, "response")) as [IncomingMessage];
        return { status: response.statusCode ?? 0, answer: await json(response) };
    }

    #options(path: string): RequestOptions {
        const { host, port, servername = host } = this.server;
        return {
            ...clientOptions(this.certificate, servername),
            host,
            port,
            path,
            method: "POST",
            headers: { "Content-Type": "application/json" },
            agent: false,
            signal: AbortSignal.timeout(timeoutMs),
        };
    }
}
