import { join } from "node:path";
import { createSecureContext, type SecureContext, type Server } from "node:tls";
import { follow } from "./follow";
import { type Clock, type Log, messageOf } from "./log";
import {
    checkContent,
    readContent,
    type TlsContent,
    type TlsFiles,
    type TlsMaterial,
} from "./material";
import { type CertificateMetrics, hex } from "./metrics";
import { secureContextOptions, type TlsPolicy } from "./options";
import type { CertificateUse } from "./trust";

export interface ReloadingCertificateSettings {
    readonly files: TlsFiles;
    /** What the leaf has to be for. Default `server`. */
    readonly use?: CertificateUse;
    readonly policy: TlsPolicy;
    readonly metrics: CertificateMetrics;
    readonly log: Log;
    readonly clock: Clock;
    /** How often the files are looked at even if no event came, in milliseconds. Default 10,000. */
    readonly pollMs?: number;
}

interface Loaded {
    readonly material: TlsMaterial;
    readonly context: SecureContext;
}

/**
 * A certificate that follows its files. What fits is swapped into every server at once, and is what a client shows, for new
 * connections; what does not fit leaves the old one in service, is counted once for each bad content, and is logged.
 */
export class ReloadingCertificate {
    readonly #settings: ReloadingCertificateSettings;
    readonly #servers = new Set<Server>();
    #current: TlsMaterial;
    #context: SecureContext;
    #lastFault: string | undefined;
    #unfollow: (() => void) | undefined;

    /** Loads and checks the files. Throws one sentence where they do not fit: at the start there is nothing else to serve. */
    constructor(settings: ReloadingCertificateSettings) {
        this.#settings = settings;
        const { material, context } = this.#load(readContent(settings.files));
        this.#current = material;
        this.#context = context;
        settings.metrics.serving(material);
    }

    /** TLS 1.3 alone with the suites and groups of the policy, and today's certificate: what a client's new connection takes. */
    public get context(): SecureContext {
        return this.#context;
    }

    /** What is served to new connections now. */
    public get current(): TlsMaterial {
        return this.#current;
    }

    /** Swaps this server's context from now on. */
    public serve(server: Server): void {
        this.#servers.add(server);
        server.once("close", () => this.#servers.delete(server));
    }

    /** Follows the files. Where events fail, the poll is enough. Keeps no process alive. */
    public watch(): void {
        const { files, log, pollMs } = this.#settings;
        this.#unfollow = follow({
            files: [join(files.certificateDirectory, "tls.crt"), files.trustFile],
            look: () => {
                this.check();
            },
            lost: (directory, error) => {
                log.warn(
                    { event: "tls_watch_lost", directory, reason: messageOf(error) },
                    "no events for the directory, polling only",
                );
            },
            pollMs,
        });
    }

    public close(): void {
        this.#unfollow?.();
    }

    /** Looks at the files now. Never throws. */
    public check(): void {
        let hash = "unreadable";
        try {
            const content = readContent(this.#settings.files);
            hash = content.hash;
            if (hash === this.#current.content.hash) {
                this.#lastFault = undefined;
                return;
            }
            this.#swap(this.#load(content));
        } catch (error) {
            this.#keepOld(hash, messageOf(error));
        }
    }

    /** A context that OpenSSL refuses is found here, before a server is touched. */
    #load(content: TlsContent): Loaded {
        const { policy, use = "server", clock } = this.#settings;
        const material = checkContent(content, use, clock());
        return { material, context: createSecureContext(secureContextOptions(policy, material)) };
    }

    #swap({ material, context }: Loaded): void {
        const options = secureContextOptions(this.#settings.policy, material);
        this.#servers.forEach((server) => {
            server.setSecureContext(options);
        });
        this.#current = material;
        this.#context = context;
        this.#lastFault = undefined;
        this.#settings.metrics.serving(material);
        this.#settings.metrics.reloaded();
        const { leaf } = material;
        this.#settings.log.info(
            {
                event: "tls_reloaded",
                fingerprint: hex(leaf.fingerprint256),
                notAfter: leaf.validToDate,
            },
            "certificate reloaded",
        );
    }

    /** The same content is tried again at every look, since one that is not valid yet becomes valid, but counts once. */
    #keepOld(hash: string, reason: string): void {
        if (hash === this.#lastFault) return;
        this.#lastFault = hash;
        this.#settings.metrics.failed();
        this.#settings.log.error(
            { event: "tls_reload_failed", reason },
            "certificate not reloaded, the old one stays",
        );
    }
}
