import { readFileSync } from "node:fs";
import { follow, type Log, messageOf } from "@encryption-in-transit/services-tls";
import type { Algorithm } from "./algorithm";
import { hashOf, type KeySet, readKeySet } from "./keySet";
import type { TracerMetrics } from "./metrics";

export interface IssuerKeysSettings {
    /** JSON Web Key Set, as a ConfigMap is mounted. */
    readonly file: string;
    readonly algorithm: Algorithm;
    readonly metrics: Pick<TracerMetrics, "keys" | "keysReloaded" | "keysFailed">;
    readonly log: Log;
    /** Called after a swap. */
    readonly changed: (keys: KeySet) => void;
    /** How often the file is looked at even if no event came, in milliseconds. Default 10,000. */
    readonly pollMs?: number;
}

/**
 * The token issuer's keys, which follow their file. A set that cannot be read leaves the old keys in service, is counted once for
 * each bad content, and is logged.
 */
export class IssuerKeys {
    readonly #settings: IssuerKeysSettings;
    #current: KeySet;
    #lastFault: string | undefined;
    #unfollow: (() => void) | undefined;

    /** Reads the file. Throws one sentence with its path where it is none: at the start there are no other keys. */
    constructor(settings: IssuerKeysSettings) {
        this.#settings = settings;
        try {
            this.#current = readKeySet(readFileSync(settings.file, "utf8"), settings.algorithm);
        } catch (error) {
            throw new Error(`${settings.file}: ${messageOf(error)}`, { cause: error });
        }
        settings.metrics.keys(this.#current.keys.size);
    }

    /** The keys that may have signed a token now. */
    public get current(): KeySet {
        return this.#current;
    }

    /** Follows the file. Where events fail, the poll is enough. Keeps no process alive. */
    public watch(): void {
        const { file, log, pollMs } = this.#settings;
        this.#unfollow = follow({
            files: [file],
            look: () => {
                this.check();
            },
            lost: (_directory, error) => {
                log.warn(
                    { event: "jwks_watch_lost", file, reason: messageOf(error) },
                    "no events for the file, polling only",
                );
            },
            pollMs,
        });
    }

    public close(): void {
        this.#unfollow?.();
    }

    /** Looks at the file now. Never throws. */
    public check(): void {
        const { file, algorithm } = this.#settings;
        let hash = "unreadable";
        try {
            const text = readFileSync(file, "utf8");
            hash = hashOf(text);
            if (hash !== this.#current.hash) this.#swap(readKeySet(text, algorithm));
            this.#lastFault = undefined;
        } catch (error) {
            this.#keepOld(hash, messageOf(error));
        }
    }

    #swap(next: KeySet): void {
        const { metrics, log, changed } = this.#settings;
        this.#current = next;
        metrics.keys(next.keys.size);
        metrics.keysReloaded();
        log.info({ event: "jwks_reloaded", keyIds: [...next.keys.keys()] }, "issuer keys reloaded");
        changed(next);
    }

    #keepOld(hash: string, reason: string): void {
        if (hash === this.#lastFault) return;
        this.#lastFault = hash;
        const { metrics, log, file } = this.#settings;
        metrics.keysFailed();
        log.error(
            { event: "jwks_reload_failed", file, reason },
            "issuer keys not reloaded, the old ones stay",
        );
    }
}
