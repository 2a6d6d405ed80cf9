import { TlsMetrics } from "@encryption-in-transit/services-tls";
import { Gauge, type Registry } from "prom-client";

/** What the reloader tells about the certificate that its daemon serves. */
export class ReloaderMetrics extends TlsMetrics {
    readonly #issued: Gauge;

    constructor(registry: Registry) {
        super(registry);
        this.#issued = new Gauge({
            name: "tls_served_is_issued",
            help: "1 where the daemon serves the certificate that lies in the mounted files, 0 where it serves another or none.",
            registers: [registry],
        });
    }

    public servesIssued(is: boolean): void {
        this.#issued.set(is ? 1 : 0);
    }
}
