import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Clock } from "../../../services/tls";
import type { TracerConfig } from "../../../services/tracer/config";
import { type Service, startService } from "../../../services/tracer/service";
import { Mount } from "../mount";
import { type Credential, Pki } from "../pki";
import { gateway, MemoryLog, pair, profile, prometheus, verifier } from "../running";
import { audience, Issuer, issuerName, keySet } from "./issuer";

export const serverName = "tracer.llm-platform.svc";
export const origin = "https://console.local.bluefly.io";

interface Changes extends Partial<TracerConfig> {
    readonly clock?: Clock;
    readonly heartbeatMs?: number;
}

/** The tracer on loopback with certificates and issuer keys made for it, in directories as the kubelet mounts them. */
export class RunningTracer {
    private constructor(
        public readonly pki: Pki,
        public readonly issuer: Issuer,
        public readonly mounts: { readonly certificates: Mount; readonly jwks: Mount },
        public readonly log: MemoryLog,
        public readonly service: Service,
        private readonly remove: () => void,
    ) {}

    public static async start(changes: Changes = {}): Promise<RunningTracer> {
        const { clock = () => new Date(), heartbeatMs, ...config } = changes;
        const pki = await Pki.create();
        const issuer = new Issuer("key-1");
        const certificates = new Mount(pair(await pki.leaf({ names: [serverName] })));
        const trust = new Mount({ "ca.crt": pki.root.certificate });
        const jwks = new Mount({ "jwks.json": keySet(issuer) });
        const log = new MemoryLog();
        const health = mkdtempSync(join(tmpdir(), "health-"));
        const service = await startService(
            {
                ...defaults,
                files: {
                    certificateDirectory: certificates.directory,
                    trustFile: trust.path("ca.crt"),
                },
                jwksFile: jwks.path("jwks.json"),
                healthSocket: join(health, "health.sock"),
                ...config,
            },
            { log, clock, random: () => 0.5, ...(heartbeatMs !== undefined && { heartbeatMs }) },
        );
        return new RunningTracer(pki, issuer, { certificates, jwks }, log, service, () => {
            for (const mount of [certificates, trust, jwks]) mount.remove();
            rmSync(health, { recursive: true });
        });
    }

    public async stop(): Promise<void> {
        await this.service.drain();
        this.remove();
    }

    /** What a client shows and trusts; without a credential it shows nothing. */
    public as(credential?: Credential) {
        return {
            host: "127.0.0.1",
            port: this.service.port,
            servername: serverName,
            ca: this.pki.root.certificate,
            agent: false as const,
            ...(credential && { cert: credential.chain, key: credential.key }),
        };
    }
}

const defaults = {
    port: 0,
    metricsPort: 0,
    policy: profile,
    gatewayIdentity: gateway,
    allowedClients: [verifier],
    metricsClients: [prometheus],
    allowedOrigins: [origin],
    issuer: issuerName,
    audience,
    algorithm: "ES256",
    maxPayloadBytes: 1024,
    maxMessagesPerSecond: 50,
    maxSocketsPerIdentity: 8,
    connectionMaxAgeSeconds: 3600,
    drainSeconds: 1,
} as const;
