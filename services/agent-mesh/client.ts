import type { ReloadingCertificate } from "@encryption-in-transit/services-tls";
import { grpcChannelCredentials } from "@encryption-in-transit/services-tls/grpcCredentials";
import { type ChannelOptions, Client, Metadata, type ServiceError, status } from "@grpc/grpc-js";
import {
    type Method,
    methods,
    type RegisterAgentRequest,
    type Registration,
    type RenewAgentRequest,
    serviceName,
} from "./definition";

export interface AgentMeshClientSettings {
    /** `host:port`; the host is what the server's certificate has to be for. */
    readonly address: string;
    /** The client's certificate, and the trust bundle that the server is verified with. */
    readonly certificate: Pick<ReloadingCertificate, "context">;
    /** Time for a call with all its attempts, in milliseconds. Default 5,000. */
    readonly timeoutMs?: number;
    /** Name the server is verified by, where another one is dialled. Default: the address's host. */
    readonly servername?: string;
}

/** Every method may be repeated, so a call that met a server's end is made again. */
const serviceConfig = JSON.stringify({
    methodConfig: [
        {
            name: [{ service: serviceName }],
            retryPolicy: {
                maxAttempts: 5,
                initialBackoff: "0.1s",
                maxBackoff: "1s",
                backoffMultiplier: 2,
                retryableStatusCodes: ["UNAVAILABLE"],
            },
        },
    ],
});

/**
 * A client of the agent mesh over mutual TLS 1.3. It connects at its first call, again by itself after at most a second, and always
 * with the certificate of the day. What a call rejects with has the `code` of the status, and as `details` the service's own code.
 */
export class AgentMeshClient {
    readonly #client: Client;
    readonly #timeoutMs: number;

    constructor({ address, certificate, timeoutMs = 5_000, servername }: AgentMeshClientSettings) {
        this.#timeoutMs = timeoutMs;
        this.#client = new Client(address, grpcChannelCredentials(certificate), {
            ...channelOptions,
            ...(servername !== undefined && { "grpc.ssl_target_name_override": servername }),
        });
    }

    /** Registers an agent of this client, or changes it. */
    public registerAgent(request: RegisterAgentRequest): Promise<Registration> {
        return this.#call(methods.RegisterAgent, request);
    }

    /** Renews an agent's lease. NOT_FOUND where the server does not know it, or not any more. */
    public renewAgent(request: RenewAgentRequest): Promise<Registration> {
        return this.#call(methods.RenewAgent, request);
    }

    /** Renews an agent's lease, or registers it where the server does not know it: what an agent does again and again. */
    public async keepAgent(request: RegisterAgentRequest): Promise<Registration> {
        try {
            return await this.renewAgent(request);
        } catch (error) {
            if ((error as Partial<ServiceError>).code !== status.NOT_FOUND) throw error;
            return this.registerAgent(request);
        }
    }

    public close(): void {
        this.#client.close();
    }

    #call<Request>(
        { path, serialize, deserialize }: Method<Request>,
        request: Request,
    ): Promise<Registration> {
        const options = { deadline: Date.now() + this.#timeoutMs };
        return new Promise((resolve, reject) => {
            this.#client.makeUnaryRequest(
                path,
                serialize,
                deserialize,
                request,
                new Metadata(),
                options,
                (error, registration) => {
                    if (error) reject(error);
                    else if (registration) resolve(registration);
                },
            );
        });
    }
}

const channelOptions: ChannelOptions = {
    "grpc.service_config": serviceConfig,
    // Nor has DNS, which could name another one in a TXT record, and is asked for it at every look.
    "grpc.service_config_disable_resolution": 1,
    "grpc.initial_reconnect_backoff_ms": 100,
    "grpc.max_reconnect_backoff_ms": 1_000,
    "grpc.keepalive_time_ms": 30_000,
    "grpc.keepalive_timeout_ms": 5_000,
    // A proxy of the environment would have its say in where the client connects.
    "grpc.enable_http_proxy": 0,
    "grpc.enable_channelz": 0,
};
