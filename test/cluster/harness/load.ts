import type { Credentials } from "./credentials";
import type { Hop, Session } from "./hop";

export interface LoadSettings {
    readonly connections: number;
    /** Requests a second over all connections. */
    readonly rate: number;
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

/** A steady load: each connection sends in its turn, at the rate asked for, however long an answer takes. */
export class Load {
    private readonly sessions: Session[];
    private readonly latencies: number[] = [];
    private readonly failures: string[] = [];
    private readonly started = performance.now();
    private running = true;
    private readonly loops: Promise<void>[];

    constructor(
        private readonly hop: Hop,
        credentials: Credentials,
        private readonly settings: LoadSettings,
    ) {
        this.sessions = Array.from({ length: settings.connections }, () => hop.open(credentials));
        this.loops = this.sessions.map((session, index) => this.loop(session, index));
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
        const sorted = [...this.latencies].sort((a, b) => a - b);
        const quantile = (q: number): number => sorted[Math.floor(q * (sorted.length - 1))] ?? NaN;
        return {
            hop: this.hop.name,
            requests: this.latencies.length + this.failures.length,
            seconds,
            failures: this.failures,
            reconnects,
            p50Ms: quantile(0.5),
            p99Ms: quantile(0.99),
        };
    }

    private async loop(session: Session, index: number): Promise<void> {
        const periodMs = (1000 * this.settings.connections) / this.settings.rate;
        let next = this.started + (periodMs * index) / this.settings.connections;
        while (this.running) {
            await sleep(next - performance.now());
            next = Math.max(next + periodMs, performance.now());
            await this.once(session);
        }
    }

    private async once(session: Session): Promise<void> {
        const from = performance.now();
        try {
            await session.request();
            this.latencies.push(performance.now() - from);
        } catch (error) {
            this.failures.push(String(error));
        }
    }
}

const sleep = (ms: number): Promise<void> =>
    new Promise((resolve) => setTimeout(resolve, Math.max(0, ms)));
