import { X509Certificate } from "node:crypto";
import { execFile } from "node:child_process";
import type { DaemonConfig, ReloaderConfig } from "../../../services/reloader/config";
import { startReloader } from "../../../services/reloader/service";
import type { RunningService } from "../../../services/tls";
import { ask } from "../client";
import { type Credential } from "../pki";
import { MemoryLog, profile, prometheus } from "../running";
import type { Pod } from "./daemons";

/** The sidecar of a pod, in this process, with a log that is kept. */
export class Sidecar {
    private constructor(
        private readonly pod: Pod,
        public readonly log: MemoryLog,
        private readonly service: RunningService,
    ) {}

    public static async start(
        pod: Pod,
        daemon: DaemonConfig,
        changes: Partial<ReloaderConfig> = {},
    ): Promise<Sidecar> {
        const log = new MemoryLog();
        const service = await startReloader(
            {
                daemon,
                files: {
                    certificateDirectory: pod.certificates.directory,
                    trustFile: pod.trust.path("ca.crt"),
                },
                policy: profile,
                configFiles: [],
                stateFile: pod.path("told"),
                lookSeconds: 1,
                metricsPort: 0,
                metricsClients: [prometheus],
                connectionMaxAgeSeconds: 3600,
                drainSeconds: 0,
                healthSocket: pod.path("health.sock"),
                ...changes,
            },
            { log, clock: () => new Date(), random: () => 0.5 },
        );
        return new Sidecar(pod, log, service);
    }

    public stop(): Promise<void> {
        return this.service.drain();
    }

    /** What the monitor reads. */
    public async metrics(): Promise<string> {
        const client = await this.pod.pki.client(prometheus);
        const { status, body } = await this.read(client);
        expect(status).toBe(200);
        return body;
    }

    public read({ chain, key }: Credential) {
        return ask({
            host: "127.0.0.1",
            port: this.service.metricsPort,
            servername: this.pod.name,
            ca: this.pod.pki.root.certificate,
            cert: chain,
            key,
            agent: false,
            path: "/metrics",
        });
    }

    /** Value of a series; undefined where it is not shown. */
    public async value(series: string): Promise<number | undefined> {
        const line = (await this.metrics())
            .split("\n")
            .find((each) => each.startsWith(`${series} `));
        return line === undefined ? undefined : Number(line.slice(series.length + 1));
    }
}

/** The certificate that a port shows, as openssl sees it. */
export function servedAt(port: number, ...more: readonly string[]): Promise<string> {
    return new Promise((resolve) => {
        const command = ["s_client", "-connect", `127.0.0.1:${port}`, ...more];
        const child = execFile("openssl", command, (_error, stdout) => {
            const pem = /-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/.exec(
                stdout,
            )?.[0];
            resolve(pem === undefined ? "" : new X509Certificate(pem).fingerprint256);
        });
        child.stdin?.end();
    });
}

export const fingerprint = ({ certificate }: Credential) =>
    new X509Certificate(certificate).fingerprint256;
