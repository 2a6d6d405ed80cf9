import type { IncomingMessage, RequestListener, ServerResponse } from "node:http";
import { type Log, refuseForgedHeaders, type Upgrade } from "@encryption-in-transit/services-tls";
import { type WebSocket, WebSocketServer } from "ws";
import { type AdmissionSettings, admit } from "./admission";
import { Audit } from "./audit";
import type { TracerMetrics } from "./metrics";
import { healthPath } from "./paths";
import { headersOf, Refusal, refusalOf } from "./refusal";
import type { Streams } from "./streams";

export interface FrontSettings extends AdmissionSettings {
    /** Size of a message in bytes, over all its frames. */
    readonly maxPayloadBytes: number;
    readonly streams: Streams;
    readonly metrics: Pick<TracerMetrics, "refused">;
    readonly log: Log;
}

/** More would be a way to make one message cost much: a client has no reason to cut 64 KiB into more. */
const maxFragments = 64;

/** What the service does with a request, and with a wish for a WebSocket. */
export class Front {
    readonly #settings: FrontSettings;
    readonly #sockets: WebSocketServer;

    constructor(settings: FrontSettings) {
        this.#settings = settings;
        this.#sockets = new WebSocketServer({
            noServer: true,
            clientTracking: false,
            // A compressed secret beside a client's own text tells of itself by its length, and a small frame may become a large one.
            perMessageDeflate: false,
            maxPayload: settings.maxPayloadBytes,
            maxFragments,
        });
    }

    /** Health, and for everything else the answer that a WebSocket is needed, to those who would get one. */
    public readonly listener: RequestListener = (request, response) => {
        const audit = new Audit(request, this.#settings);
        this.#answer(request, audit).then(
            () => {
                respond(response, audit, 204);
                audit.answered(204);
            },
            (error: unknown) => {
                const refusal = this.#refused(error, audit);
                respond(response, audit, refusal.status, headersOf(refusal), refusal.code);
            },
        );
    };

    /** Opens a socket for whoever may have one. */
    public readonly upgrade = async (upgrade: Upgrade): Promise<void> => {
        const { request } = upgrade;
        const audit = new Audit(request, this.#settings);
        try {
            refuseForgedHeaders(request, this.#settings);
            const admission = await admit(request, audit, this.#settings);
            // Nothing is awaited from here to the end, or two might take the last place.
            this.#settings.streams.requireRoom(admission.identity);
            const socket = this.#handshake(upgrade);
            upgrade.accept(this.#settings.streams.open(socket, admission, audit));
        } catch (error) {
            const refusal = this.#refused(error, audit);
            const headers = { "X-Request-Id": audit.requestId, ...headersOf(refusal) };
            upgrade.refuse(refusal.status, refusal.code, headers);
        }
    };

    async #answer(request: IncomingMessage, audit: Audit): Promise<void> {
        refuseForgedHeaders(request, this.#settings);
        if (request.method === "GET" && request.url === healthPath) return;
        await admit(request, audit, this.#settings);
        throw new Refusal(426, "upgrade_required");
    }

    /** ws calls back, or says what is wrong, before it returns. */
    #handshake({ request, socket, head }: Upgrade): WebSocket {
        let opened: WebSocket | undefined;
        let fault = "the client is gone";
        const refused = (error: Error) => {
            fault = error.message;
        };
        this.#sockets.once("wsClientError", refused);
        this.#sockets.handleUpgrade(request, socket, head, (made) => {
            opened = made;
        });
        this.#sockets.off("wsClientError", refused);
        if (!opened) throw new Refusal(400, "malformed", fault);
        return opened;
    }

    #refused(error: unknown, audit: Audit): Refusal {
        const refusal = refusalOf(error);
        this.#settings.metrics.refused(refusal.code);
        audit.answered(refusal.status, refusal);
        return refusal;
    }
}

function respond(
    response: ServerResponse,
    { requestId }: Audit,
    status: number,
    more: Readonly<Record<string, string>> = {},
    code?: string,
): void {
    response.writeHead(status, {
        "X-Request-Id": requestId,
        "Cache-Control": "no-store",
        "X-Content-Type-Options": "nosniff",
        ...more,
        ...(code !== undefined && { "Content-Type": "application/json; charset=utf-8" }),
    });
    response.end(code === undefined ? undefined : JSON.stringify({ error: code }));
}
