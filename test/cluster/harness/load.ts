import { setTimeout as sleep } from "node:timers/promises";
import type { Hop, Session } from "./hop";

export interface LoadSettings {
    readonly connections: number;
    /** Requests a second over all connections. */
    readonly rate: number;
    /** Time over which the connections are opened, one after the other. */
    readonly rampMs: number;
}

export interface LoadReport {
    readonly hop: string;
    readonly requests: number;
    readonly seconds: number;
    readonly failures: readonly string[];
    /** Connections that the server closed while idle and the client opened anew. */
    readonly reconnects: number;
    readonly p50Ms: number;
    readonly p99Ms: number;
}

/** One request that had an end. */
interface Sample {
    readonly session: Session;
    readonly from: number;
    readonly to: number;
    readonly failure?: string;
}

/** A steady load: each connection sends in its turn, at the rate asked for, however long an answer takes. */
export class Load {
    private readonly sessions: Session[];
    private readonly samples: Sample[] = [];
    private readonly started = performance.now();
    private running = true;
    private readonly loops: Promise<void>[];

    constructor(
        private readonly hop: Hop,
        private readonly settings: LoadSettings,
    ) {
        this.sessions = Array.from({ length: settings.connections }, () => hop.open());
        this.loops = this.sessions.map((session, index) => this.loop(session, index));
    }

    /**
     * How long after a moment each client had its next success, longest first. A client without one is Infinity.
     *
     * @param moment of `performance.now()`
     */
    public nextSuccessAfter(moment: number): number[] {
        const times = this.sessions.map((session) => {
            const next = this.samples.find(
                (it) => it.session === session && it.from >= moment && it.failure === undefined,
            );
            return next === undefined ? Infinity : next.to - moment;
        });
        return times.sort((a, b) => b - a);
    }

    /** Ends the load after the requests under way, and says what happened. */
    public async stop(): Promise<LoadReport> {
        this.running = false;
        await Promise.all(this.loops);
        const seconds = (performance.now() - this.started) / 1000;
        const reconnects = this.sessions.reduce(
            (sum, s) => sum + Math.max(0, s.connections - 1),
            0,
        );
        this.sessions.forEach((session) => {
            session.close();
        });
        const failures = this.samples.flatMap(({ failure }) => failure ?? []);
        const sorted = this.samples
            .filter(({ failure }) => failure === undefined)
            .map(({ from, to }) => to - from)
            .sort((a, b) => a - b);
        const quantile = (q: number): number => sorted[Math.floor(q * (sorted.length - 1))] ?? NaN;
        return {
            hop: this.hop.name,
            requests: this.samples.length,
            seconds,
            failures,
            reconnects,
            p50Ms: quantile(0.5),
            p99Ms: quantile(0.99),
        };
    }

    private async loop(session: Session, index: number): Promise<void> {
        const { connections, rate, rampMs } = this.settings;
        const periodMs = (1000 * connections) / rate;
        let next = this.started + (rampMs * index) / connections;
        while (this.running) {
            await sleep(Math.max(0, next - performance.now()));
            next = Math.max(next + periodMs, performance.now());
            await this.once(session);
        }
    }

    private async once(session: Session): Promise<void> {
        const from = performance.now();
        const done = (failure?: string): void => {
            const to = performance.now();
            this.samples.push({ session, from, to, ...(failure !== undefined && { failure }) });
        };
        try {
            await session.request();
            done();
        } catch (error) {
            done(String(error));
        }
    }
}

/** Failures by their text without its figures, so that a thousand of one kind are one line. */
export function tally(failures: readonly string[]): Record<string, number> {
    const counts: Record<string, number> = {};
    for (const failure of failures) {
        const kind = failure.replaceAll(/\d+(\.\d+)?/g, "N");
        counts[kind] = (counts[kind] ?? 0) + 1;
    }
    return counts;
}

/** One line a load, for whoever reads the tests' output. */
export function report(reports: readonly LoadReport[], more: readonly string[] = []): void {
    const loads = reports.map(
        ({ hop, requests, seconds, failures, reconnects, p50Ms, p99Ms }) =>
            `${hop}: ${requests} requests in ${seconds.toFixed(0)} s, ${failures.length} failed, ` +
            `${reconnects} reconnects, p50 ${p50Ms.toFixed(1)} ms, p99 ${p99Ms.toFixed(1)} ms`,
    );
    process.stdout.write(`${[...loads, ...more].join("\n")}\n`);
}
