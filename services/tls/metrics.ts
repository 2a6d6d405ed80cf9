import { Counter, Gauge, type Registry } from "prom-client";
import type { TlsMaterial } from "./material";

type UseLabel = Partial<Record<"use", "client">>;

/** The metrics of one certificate. */
export interface CertificateMetrics {
    /** Shows what is in service from now on. */
    serving(material: Pick<TlsMaterial, "leaf">): void;
    reloaded(): void;
    failed(): void;
}

/** What a service tells about the certificate it serves, and about the one it shows as a client. */
export class TlsMetrics implements CertificateMetrics {
    readonly #families: Families;
    readonly #served: CertificateMetrics;

    constructor(registry: Registry) {
        this.#families = createFamilies(registry);
        this.#served = new LabelledMetrics(this.#families, {});
    }

    /** The same metrics of the certificate that the service shows as a client, with the label `use="client"`. */
    public client(): CertificateMetrics {
        return new LabelledMetrics(this.#families, { use: "client" });
    }

    public serving(material: Pick<TlsMaterial, "leaf">): void {
        this.#served.serving(material);
    }

    public reloaded(): void {
        this.#served.reloaded();
    }

    public failed(): void {
        this.#served.failed();
    }
}

interface Families {
    readonly reloads: Counter<"use">;
    readonly failures: Counter<"use">;
    readonly expiry: Gauge<"use">;
    readonly certificate: Gauge<"use" | "fingerprint_sha256" | "serial">;
}

function createFamilies(registry: Registry): Families {
    const common = { registers: [registry], labelNames: ["use"] as const };
    return {
        reloads: new Counter({
            ...common,
            name: "tls_reloads_total",
            help: "Times that a changed certificate, key or trust bundle was put into service.",
        }),
        failures: new Counter({
            ...common,
            name: "tls_reload_failures_total",
            help: "Times that changed files did not fit and the old ones stayed in service, once for each bad content.",
        }),
        // Prometheus' own advice: export the time of an event, not the seconds since or until it.
        expiry: new Gauge({
            ...common,
            name: "ssl_certificate_expiry_seconds",
            help: "Unix time at which the served certificate expires (notAfter); subtract time() for what is left.",
        }),
        certificate: new Gauge({
            ...common,
            name: "tls_certificate_info",
            help: "Always 1; the labels name the certificate served, to be compared with the one issued.",
            labelNames: ["use", "fingerprint_sha256", "serial"],
        }),
    };
}

class LabelledMetrics implements CertificateMetrics {
    #shown: Record<string, string> | undefined;

    constructor(
        private readonly families: Families,
        private readonly labels: UseLabel,
    ) {
        // A counter with labels is not there before it counts, and an alert cannot see what is not there.
        families.reloads.inc(labels, 0);
        families.failures.inc(labels, 0);
    }

    public serving({ leaf }: Pick<TlsMaterial, "leaf">): void {
        const { certificate, expiry } = this.families;
        expiry.set(this.labels, Math.floor(leaf.validToDate.getTime() / 1000));
        if (this.#shown) certificate.remove(this.#shown);
        this.#shown = {
            ...this.labels,
            fingerprint_sha256: hex(leaf.fingerprint256),
            serial: leaf.serialNumber.toLowerCase(),
        };
        certificate.set(this.#shown, 1);
    }

    public reloaded(): void {
        this.families.reloads.inc(this.labels);
    }

    public failed(): void {
        this.families.failures.inc(this.labels);
    }
}

/** Lower case without colons, as `openssl x509 -fingerprint` and the verifier compare it. */
export function hex(fingerprint: string): string {
    return fingerprint.replaceAll(":", "").toLowerCase();
}
