import { createHash } from "node:crypto";
import { readFileSync, writeFileSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import {
    type Clock,
    type Log,
    messageOf,
    readContent,
    type ReloadingCertificate,
    type TlsFiles,
} from "@encryption-in-transit/services-tls";
import { hex } from "@encryption-in-transit/services-tls/metrics";
import { type Daemon, DaemonAway } from "./daemon";
import type { ReloaderMetrics } from "./metrics";

export interface ReloaderSettings {
    readonly daemon: Daemon;
    /** Follows the mounted files; what it does not take, the daemon is not told of. */
    readonly certificate: ReloadingCertificate;
    readonly files: TlsFiles;
    /** Further files that the daemon reads again when it is told to. */
    readonly configFiles: readonly string[];
    /** Remembers what the daemon was told, so that a restart of this process tells it nothing twice. */
    readonly stateFile: string;
    /** Time between two looks at the daemon while nothing changes. */
    readonly lookSeconds: number;
    readonly metrics: ReloaderMetrics;
    readonly log: Log;
    readonly clock: Clock;
}

/** Time that a daemon has to take up what it was told. */
const patienceMs = 5_000;

/**
 * Makes a daemon serve the certificate that was issued: tells it when the files have changed or when it serves another one, and
 * looks whether it does. Each fault is logged once, and tried again at each look.
 */
export class Reloader {
    readonly #settings: ReloaderSettings;
    /** Hash of what the daemon has taken up. */
    #told: string | undefined;
    /** Hash of what the last look was about; undefined while the daemon is away. */
    #looked: string | undefined;
    #nextLook = 0;
    #counted: string | undefined;
    #fault: string | undefined;

    constructor(settings: ReloaderSettings) {
        this.#settings = settings;
        this.#told = read(settings.stateFile);
        settings.metrics.servesIssued(false);
    }

    /** Does what is due. Never throws. */
    public async turn(): Promise<void> {
        const { clock, lookSeconds, daemon } = this.#settings;
        let wanted: string | undefined;
        try {
            wanted = this.#wanted();
            const now = clock().getTime();
            if (wanted === this.#looked && now < this.#nextLook) return;
            this.#looked = wanted;
            this.#nextLook = now + lookSeconds * 1000;
            try {
                await this.#converge(wanted);
            } finally {
                await daemon.inspect?.();
            }
            this.#clear();
        } catch (error) {
            this.#keep(wanted, error);
        }
    }

    /** What the daemon should have taken up: pair and bundle that were checked, and its other files. */
    #wanted(): string {
        const { certificate, configFiles } = this.#settings;
        const hash = createHash("sha256").update(certificate.current.content.hash);
        configFiles.forEach((file) => hash.update("\0").update(readFileSync(file)));
        return hash.digest("hex");
    }

    async #converge(wanted: string): Promise<void> {
        const { daemon, certificate, files } = this.#settings;
        if ((await this.#look()) === undefined && wanted === this.#told) return;
        // What lies there now did not pass the check, which is counted already; the daemon would read that.
        if (readContent(files).hash !== certificate.current.content.hash) return;
        await daemon.reload();
        const deadline = Date.now() + patienceMs;
        for (let fault = await this.#look(); fault !== undefined; fault = await this.#look()) {
            if (Date.now() > deadline) throw new Error(`the daemon was told, but ${fault}`);
            await sleep(200);
        }
        this.#tookUp(wanted);
    }

    /** What stands against the daemon serving the issued certificate; undefined where it does. Throws `DaemonAway` alone. */
    async #look(): Promise<string | undefined> {
        const { daemon, certificate, metrics } = this.#settings;
        let issued = false;
        try {
            const leaf = await daemon.served();
            metrics.serving({ leaf });
            issued = leaf.raw.equals(certificate.current.leaf.raw);
            return issued ? undefined : "it serves another certificate than the issued one";
        } catch (error) {
            if (error instanceof DaemonAway) throw error;
            return `its certificate could not be seen: ${messageOf(error)}`;
        } finally {
            metrics.servesIssued(issued);
        }
    }

    #tookUp(wanted: string): void {
        const { certificate, metrics, log, stateFile } = this.#settings;
        // The first time is no change: what the daemon had read before is unknown.
        const changed = this.#told !== undefined;
        this.#told = wanted;
        writeFileSync(stateFile, wanted);
        if (changed) metrics.reloaded();
        const { fingerprint256, validToDate: notAfter } = certificate.current.leaf;
        log.info(
            { event: "daemon_reloaded", fingerprint: hex(fingerprint256), notAfter, changed },
            "the daemon serves the issued certificate",
        );
    }

    #clear(): void {
        if (this.#fault !== undefined)
            this.#settings.log.info({ event: "daemon_recovered" }, "the daemon is as it should be");
        this.#fault = undefined;
    }

    #keep(wanted: string | undefined, error: unknown): void {
        const { log, metrics } = this.#settings;
        const away = error instanceof DaemonAway;
        const reason = messageOf(error);
        if (away) this.#looked = undefined;
        else if (wanted !== this.#told && wanted !== this.#counted) {
            this.#counted = wanted;
            metrics.failed();
        }
        const fault = `${wanted ?? ""} ${reason}`;
        if (fault === this.#fault) return;
        this.#fault = fault;
        if (away) log.info({ event: "daemon_away", reason }, "waiting for the daemon");
        else log.error({ event: "daemon_fault", reason }, "the daemon is not as it should be");
    }
}

function read(stateFile: string): string | undefined {
    try {
        return readFileSync(stateFile, "utf8");
    } catch {
        return undefined;
    }
}
