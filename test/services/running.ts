import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { ApiConfig } from "../../services/api/config";
import { type Service, startService } from "../../services/api/service";
import type { Clock, Log } from "../../services/tls";
import { Mount } from "./mount";
import { type Credential, Pki } from "./pki";

export const gateway = "gateway.llm-platform.svc";
export const verifier = "verifier.llm-platform.svc";
export const prometheus = "prometheus.monitoring.svc";
export const serverName = "api.llm-platform.svc";

export type LogLine = Readonly<Record<string, unknown>> & { readonly message: string };

/** A log that keeps its lines. */
export class MemoryLog implements Log {
    public readonly lines: LogLine[] = [];
    public readonly info = this.keep.bind(this);
    public readonly warn = this.keep.bind(this);
    public readonly error = this.keep.bind(this);

    public events(event: string): LogLine[] {
        return this.lines.filter((line) => line.event === event);
    }

    private keep(fields: object, message: string): void {
        this.lines.push({ ...fields, message });
    }
}

/** The api on loopback with certificates made for it, in directories as the kubelet mounts them. */
export class Running {
    private constructor(
        public readonly pki: Pki,
        public readonly certificates: Mount,
        public readonly trust: Mount,
        public readonly log: MemoryLog,
        public readonly service: Service,
        public readonly healthSocket: string,
        public readonly served: Credential,
    ) {}

    public static async start(
        changes: Partial<ApiConfig> & { clock?: Clock; random?: () => number } = {},
    ): Promise<Running> {
        const { clock = () => new Date(), random = () => 0.5, ...config } = changes;
        const pki = await Pki.create();
        const served = await pki.leaf({ names: [serverName] });
        const certificates = new Mount(pair(served));
        const trust = new Mount({ "ca.crt": pki.root.certificate });
        const log = new MemoryLog();
        const healthSocket = join(mkdtempSync(join(tmpdir(), "health-")), "health.sock");
        const service = await startService(
            {
                port: 0,
                metricsPort: 0,
                files: {
                    certificateDirectory: certificates.directory,
                    trustFile: trust.path("ca.crt"),
                },
                policy: profile,
                gatewayIdentity: gateway,
                allowedClients: [verifier],
                metricsClients: [prometheus],
                connectionMaxAgeSeconds: 3600,
                drainSeconds: 1,
                healthSocket,
                ...config,
            },
            { log, clock, random },
        );
        return new Running(pki, certificates, trust, log, service, healthSocket, served);
    }

    public async stop(): Promise<void> {
        await this.service.drain();
        this.certificates.remove();
        this.trust.remove();
        rmSync(join(this.healthSocket, ".."), { recursive: true, force: true });
    }
}

export const profile = {
    cipherSuites: ["TLS_AES_256_GCM_SHA384", "TLS_AES_128_GCM_SHA256"],
    groups: ["X25519", "prime256v1"],
};

/** The files of a Secret of type kubernetes.io/tls. */
export const pair = ({ chain, key }: Credential) => ({ "tls.crt": chain, "tls.key": key });
