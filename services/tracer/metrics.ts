import { Counter, Gauge, type Registry } from "prom-client";

/** What the tracer tells about its sockets and its token issuer's keys. Labels are words of our own, never a client's. */
export class TracerMetrics {
    readonly #open: Gauge;
    readonly #closed: Counter<"reason">;
    readonly #refused: Counter<"code">;
    readonly #events: Counter;
    readonly #keys: Gauge;
    readonly #reloads: Counter;
    readonly #failures: Counter;

    constructor(registry: Registry) {
        const registers = [registry];
        this.#open = new Gauge({
            name: "tracer_sockets_open",
            help: "Sockets that are open now.",
            registers,
        });
        this.#closed = new Counter({
            name: "tracer_sockets_closed_total",
            help: "Sockets that ended, by the reason given to the client; `client` where it went by itself.",
            labelNames: ["reason"],
            registers,
        });
        this.#refused = new Counter({
            name: "tracer_requests_refused_total",
            help: "Requests that were refused before a socket was opened, by the code given to the client.",
            labelNames: ["code"],
            registers,
        });
        this.#events = new Counter({
            name: "tracer_span_events_total",
            help: "Span events that were acknowledged.",
            registers,
        });
        this.#keys = new Gauge({
            name: "jwks_keys",
            help: "Keys that may have signed a token now; at 0 no token is valid.",
            registers,
        });
        this.#reloads = new Counter({
            name: "jwks_reloads_total",
            help: "Times that a changed key set was put into service.",
            registers,
        });
        this.#failures = new Counter({
            name: "jwks_reload_failures_total",
            help: "Times that a changed key set could not be read and the old one stayed, once for each bad content.",
            registers,
        });
    }

    public opened(): void {
        this.#open.inc();
    }

    public closed(reason: string): void {
        this.#open.dec();
        this.#closed.inc({ reason });
    }

    public refused(code: string): void {
        this.#refused.inc({ code });
    }

    public acknowledged(): void {
        this.#events.inc();
    }

    public keys(count: number): void {
        this.#keys.set(count);
    }

    public keysReloaded(): void {
        this.#reloads.inc();
    }

    public keysFailed(): void {
        this.#failures.inc();
    }
}
