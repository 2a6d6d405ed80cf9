import { type RawData, WebSocket } from "ws";
import { type Closing, closings } from "./closing";
import type { MessageRate } from "./messageRate";
import { readSpanEvent } from "./spanEvent";

export interface StreamSettings {
    /** When the client's credentials end, and which. */
    readonly end: Closing & { readonly afterMs: number };
    readonly rate: MessageRate;
    /** How often the client must show that it is there, in milliseconds. */
    readonly heartbeatMs: number;
    /** Called for each span event that is acknowledged. */
    readonly acknowledged: () => void;
    /** Called once, when nothing is left of the socket. */
    readonly closed: (closing: Closing, events: number) => void;
}

/** No answer to a heartbeat, or the connection was cut without a close frame. */
const lost: Closing = { code: 1006, reason: "lost" };

/** For a client to answer our close frame. */
const closeTimeoutMs = 5_000;

/** One open socket: acknowledges span events, holds the client to its rate, and ends in time. */
export class Stream {
    /** Resolves when nothing is left of the socket, after `closed` was called. */
    public readonly ended: Promise<void>;
    readonly #socket: WebSocket;
    readonly #settings: StreamSettings;
    readonly #timers: NodeJS.Timeout[];
    #events = 0;
    #alive = true;
    /** Why we ended it; undefined while it is open, and where the client did. */
    #closing: Closing | undefined;

    constructor(socket: WebSocket, settings: StreamSettings) {
        this.#socket = socket;
        this.#settings = settings;
        this.#timers = [
            setTimeout(() => {
                this.close(settings.end);
            }, settings.end.afterMs),
            setInterval(() => {
                this.#heartbeat();
            }, settings.heartbeatMs),
        ];
        socket.on("message", (data, isBinary) => {
            this.#received(data, isBinary);
        });
        // Answered by ws; counted here, since they cost as much as messages.
        socket.on("ping", () => this.#counted());
        socket.on("pong", () => {
            this.#alive = true;
            this.#counted();
        });
        // ws has already sent a close frame with the code.
        socket.on("error", (error: Error & { readonly code?: string }) => {
            this.#closing ??= faultOf(error.code);
            this.#cutLater();
        });
        this.ended = new Promise((resolve) => {
            socket.once("close", (code) => {
                this.#ended(code);
                resolve();
            });
        });
    }

    /** Says why and closes; a client that does not answer is cut. */
    public close(closing: Closing): void {
        if (this.#socket.readyState !== WebSocket.OPEN) return;
        this.#closing = { code: closing.code, reason: closing.reason };
        this.#socket.close(closing.code, closing.reason);
        this.#cutLater();
    }

    /** What arrives after a close frame of ours is not looked at. */
    #received(data: RawData, isBinary: boolean): void {
        if (!this.#counted()) return;
        if (isBinary) {
            this.close(closings.notText);
            return;
        }
        // A Buffer, as `binaryType` is the default.
        if (!readSpanEvent((data as Buffer).toString("utf8"))) {
            this.close(closings.malformed);
            return;
        }
        this.#events += 1;
        this.#settings.acknowledged();
        this.#socket.send(JSON.stringify({ ack: this.#events }));
    }

    /** Whether the frame is within the rate and the socket open. */
    #counted(): boolean {
        if (this.#socket.readyState !== WebSocket.OPEN) return false;
        if (this.#settings.rate.take()) return true;
        this.close(closings.tooManyMessages);
        return false;
    }

    /** Also what keeps a proxy from taking a quiet socket for a dead one. */
    #heartbeat(): void {
        if (this.#alive) this.#socket.ping();
        else this.#socket.terminate();
        this.#alive = false;
    }

    #cutLater(): void {
        const cut = () => {
            this.#socket.terminate();
        };
        this.#timers.push(setTimeout(cut, closeTimeoutMs));
    }

    #ended(code: number): void {
        this.#timers.forEach(clearTimeout);
        const byClient: Closing = code === 1006 ? lost : { code, reason: "client" };
        this.#settings.closed(this.#closing ?? byClient, this.#events);
    }
}

/** What ws found wrong, by its own codes, with the close code that it has sent. */
function faultOf(code = ""): Closing {
    switch (code) {
        case "WS_ERR_UNSUPPORTED_MESSAGE_LENGTH":
        case "WS_ERR_UNSUPPORTED_DATA_PAYLOAD_LENGTH":
            return closings.tooBig;
        case "WS_ERR_TOO_MANY_BUFFERED_PARTS":
            return closings.tooManyFragments;
        case "WS_ERR_INVALID_UTF8":
            return closings.malformed;
        default:
            return code.startsWith("WS_ERR_") ? closings.protocol : lost;
    }
}
