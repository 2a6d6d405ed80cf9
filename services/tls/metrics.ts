import { Counter, Gauge, type Registry } from "prom-client";
import type { TlsMaterial } from "./material";

/** What a service tells about the certificate it serves. */
export class TlsMetrics {
    readonly #reloads: Counter;
    readonly #failures: Counter;
    readonly #expiry: Gauge;
    readonly #served: Gauge<"fingerprint_sha256" | "serial">;

    constructor(registry: Registry) {
        const registers = [registry];
        this.#reloads = new Counter({
            name: "tls_reloads_total",
            help: "Times that a changed certificate, key or trust bundle was put into service.",
            registers,
        });
        this.#failures = new Counter({
            name: "tls_reload_failures_total",
            help: "Times that changed files did not fit and the old ones stayed in service, once for each bad content.",
            registers,
        });
        // Prometheus' own advice: export the time of an event, not the seconds since or until it.
        this.#expiry = new Gauge({
            name: "ssl_certificate_expiry_seconds",
            help: "Unix time at which the served certificate expires (notAfter); subtract time() for what is left.",
            registers,
        });
        this.#served = new Gauge({
            name: "tls_certificate_info",
            help: "Always 1; the labels name the certificate served, to be compared with the one issued.",
            labelNames: ["fingerprint_sha256", "serial"],
            registers,
        });
    }

    /** Shows what is served from now on. */
    public serving({ leaf }: Pick<TlsMaterial, "leaf">): void {
        this.#expiry.set(Math.floor(leaf.validToDate.getTime() / 1000));
        this.#served.reset();
        this.#served.set(
            {
                fingerprint_sha256: hex(leaf.fingerprint256),
                serial: leaf.serialNumber.toLowerCase(),
            },
            1,
        );
    }

    public reloaded(): void {
        this.#reloads.inc();
    }

    public failed(): void {
        this.#failures.inc();
    }
}

/** Lower case without colons, as `openssl x509 -fingerprint` and the verifier compare it. */
export function hex(fingerprint: string): string {
    return fingerprint.replaceAll(":", "").toLowerCase();
}
