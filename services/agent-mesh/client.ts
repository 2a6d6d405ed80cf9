import type { ReloadingCertificate } from "@encryption-in-transit/services-tls";
import { grpcChannelCredentials } from "@encryption-in-transit/services-tls/grpcCredentials";
import {
    type ChannelOptions,
    Client,
    connectivityState,
    Metadata,
    type ServiceError,
    status,
} from "@grpc/grpc-js";
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
    readonly #settings: AgentMeshClientSettings;
    #client: Client;

    constructor(settings: AgentMeshClientSettings) {
        this.#settings = settings;
        this.#client = connect(settings);
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
        const options = { deadline: Date.now() + (this.#settings.timeoutMs ?? 5_000) };
        const client = this.#client;
        return new Promise((resolve, reject) => {
            client.makeUnaryRequest(
                path,
                serialize,
                deserialize,
                request,
                new Metadata(),
                options,
                (error, registration) => {
                    if (error) {
                        this.#leave(client);
                        reject(error);
                    } else if (registration) resolve(registration);
                },
            );
        });
    }

    /** Begins anew where a call found no connection: the library may wait without end for the one that it has begun. */
    #leave(client: Client): void {
        const connected =
            client.getChannel().getConnectivityState(false) === connectivityState.READY;
        if (connected || client !== this.#client) return;
        this.#client = connect(this.#settings);
        client.close();
    }
}

const connect = ({ address, certificate, servername }: AgentMeshClientSettings): Client =>
    new Client(address, grpcChannelCredentials(certificate), {
        ...channelOptions,
        ...(servername !== undefined && { "grpc.ssl_target_name_override": servername }),
    });

const channelOptions: ChannelOptions = {
    "grpc.service_config": serviceConfig,
    // Nor has DNS, which could name another one in a TXT record, and is asked for it at every look.
    "grpc.service_config_disable_resolution": 1,
    "grpc.initial_reconnect_backoff_ms": 100,
    "grpc.max_reconnect_backoff_ms": 1_000,
    // A connection that hangs is not what the next client waits for.
    "grpc.use_local_subchannel_pool": 1,
    // A server whose machine is gone does not say so: it is found out within fifteen seconds.
    "grpc.keepalive_time_ms": 10_000,
    // Else the time begins anew at each call, and calls give up sooner than it passes.
    "grpc.keepalive_permit_without_calls": 1,
    "grpc.keepalive_timeout_ms": 5_000,
    // A proxy of the environment would have its say in where the client connects.
    "grpc.enable_http_proxy": 0,
    "grpc.enable_channelz": 0,
};
