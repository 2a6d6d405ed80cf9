import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Client, Metadata, type ServiceError, status } from "@grpc/grpc-js";
import { AgentMeshClient, type AgentMeshClientSettings } from "../../services/agent-mesh/client";
import type { AgentMeshConfig } from "../../services/agent-mesh/config";
import { methods } from "../../services/agent-mesh/definition";
import { type Service, startService } from "../../services/agent-mesh/service";
import type { Clock } from "../../services/tls";
import { grpcChannelCredentials } from "../../services/tls/grpcCredentials";
import { ClientCertificate } from "./clientCertificate";
import { Mount } from "./mount";
import { type Credential, Pki } from "./pki";
import { MemoryLog, pair, profile, prometheus, verifier } from "./running";

export const serverName = "agent-mesh.llm-platform.svc";

/** An identity that may renew, and not register. */
export const watcher = "watcher.llm-platform.svc";

type Changes = Partial<AgentMeshConfig> & { clock?: Clock; pki?: Pki };

export interface RawCall {
    /** Default: RegisterAgent. */
    readonly path?: string;
    /** Default: what it takes. */
    readonly bytes?: Buffer;
    readonly metadata?: Metadata;
}

const asIs = (bytes: Buffer) => bytes;

/** Status and details of a call that is refused. */
export async function refused(call: Promise<unknown>): Promise<[string, string]> {
    try {
        return ["OK", JSON.stringify(await call)];
    } catch (error) {
        const { code, details } = error as ServiceError;
        return [status[code], details];
    }
}

/** The agent mesh on loopback, with files mounted as the kubelet does, and clients of it. */
export class RunningAgentMesh {
    private readonly clients: { close: () => void }[] = [];

    private constructor(
        public readonly pki: Pki,
        public readonly certificates: Mount,
        private readonly trust: Mount,
        public readonly log: MemoryLog,
        public readonly service: Service,
        private readonly folder: string,
    ) {}

    public static async start(changes: Changes = {}): Promise<RunningAgentMesh> {
        const { clock = () => new Date(), pki = await Pki.create(), ...config } = changes;
        const certificates = new Mount(pair(await pki.leaf({ names: [serverName] })));
        const trust = new Mount({ "ca.crt": pki.root.certificate });
        const log = new MemoryLog();
        const folder = mkdtempSync(join(tmpdir(), "health-"));
        const service = await startService(
            {
                port: 0,
                metricsPort: 0,
                files: {
                    certificateDirectory: certificates.directory,
                    trustFile: trust.path("ca.crt"),
                },
                policy: profile,
                allowedMethods: new Map([
                    [verifier, ["RegisterAgent", "RenewAgent"]],
                    [watcher, ["RenewAgent"]],
                ]),
                metricsClients: [prometheus],
                connectionMaxAgeSeconds: 3600,
                drainSeconds: 1,
                healthSocket: join(folder, "health.sock"),
                ...config,
            },
            { log, clock, random: () => 0.5 },
        );
        return new RunningAgentMesh(pki, certificates, trust, log, service, folder);
    }

    /** A client that shows this credential, over a connection of its own. */
    public client(
        credential: Credential,
        changes: Partial<AgentMeshClientSettings> = {},
    ): AgentMeshClient {
        return this.following(this.mounted(credential), changes);
    }

    /** A client whose certificate is renewed in its files. */
    public following(
        { certificate }: ClientCertificate,
        changes: Partial<AgentMeshClientSettings> = {},
    ): AgentMeshClient {
        const address = `127.0.0.1:${this.service.port}`;
        const client = new AgentMeshClient({
            address,
            servername: serverName,
            certificate,
            ...changes,
        });
        this.clients.push(client);
        return client;
    }

    public mounted({ chain, key }: Credential): ClientCertificate {
        const mounted = new ClientCertificate({ cert: chain, key }, this.pki.root.certificate);
        this.clients.push({
            close: () => {
                mounted.remove();
            },
        });
        return mounted;
    }

    /** A call of anything with any bytes. */
    public raw(credential: Credential, call: RawCall): Promise<Buffer | undefined> {
        const { certificate } = this.mounted(credential);
        const target = `127.0.0.1:${this.service.port}`;
        const client = new Client(target, grpcChannelCredentials(certificate), {
            "grpc.ssl_target_name_override": serverName,
        });
        this.clients.push(client);
        const { path = methods.RegisterAgent.path, metadata = new Metadata() } = call;
        const { bytes = methods.RegisterAgent.serialize({ agentId: "raw", capabilities: [] }) } =
            call;
        const options = { deadline: Date.now() + 5_000 };
        return new Promise((resolve, reject) => {
            client.makeUnaryRequest(path, asIs, asIs, bytes, metadata, options, (error, answer) => {
                if (error) reject(error);
                else resolve(answer);
            });
        });
    }

    /** What one client of the service shows and trusts, for a connection without gRPC. */
    public dial(credential?: Credential) {
        return {
            host: "127.0.0.1",
            port: this.service.port,
            servername: serverName,
            ca: this.pki.root.certificate,
            ...(credential && { cert: credential.chain, key: credential.key }),
        };
    }

    public async stop(): Promise<void> {
        for (const client of this.clients) client.close();
        await this.service.drain();
        for (const mount of [this.certificates, this.trust]) mount.remove();
        rmSync(this.folder, { recursive: true, force: true });
    }
}
