import { randomUUID } from "node:crypto";
import * as http2 from "node:http2";
import { AgentMeshClient } from "../../../../services/agent-mesh/client";
import { type MethodName, methods } from "../../../../services/agent-mesh/definition";
import type { ReloadingCertificate } from "../../../../services/tls";
import { ClientCertificate } from "../../../services/clientCertificate";
import { connect, outcomeOf, servedFingerprint } from "../connection";
import type { Credentials } from "../credentials";
import type { Attempt, Endpoint, Hop, Outcome, Session } from "../hop";

export interface GrpcAttempt extends Attempt {
    readonly method?: MethodName;
}

const protocols = ["h2"];

/** The agent mesh. A success is an agent that is registered: status 0. */
export class GrpcHop implements Hop {
    public readonly name: string;
    private readonly mounted: ClientCertificate;

    constructor(
        private readonly endpoint: Endpoint,
        public readonly credentials: Credentials,
    ) {
        this.name = endpoint.name;
        const { certificate: cert, privateKey: key } = credentials;
        this.mounted = new ClientCertificate({ cert, key }, endpoint.trust);
    }

    /** The status is gRPC's, and the body its message or the identity that the agent was registered under. */
    public attempt(attempt: GrpcAttempt): Promise<Outcome> {
        return outcomeOf(async () => {
            const socket = await connect(this.endpoint, attempt, { protocols });
            const scheme = attempt.plaintext ? "http" : "https";
            const authority = `${scheme}://${attempt.host ?? this.endpoint.host}`;
            const client = http2.connect(authority, { createConnection: () => socket });
            try {
                return await call(client, attempt.method ?? "RegisterAgent");
            } finally {
                client.destroy();
            }
        });
    }

    public servedFingerprint(): Promise<string> {
        return servedFingerprint(this.endpoint, this.credentials, { protocols });
    }

    public open(): Session {
        return new GrpcSession(this.endpoint, this.mounted.certificate);
    }

    public close(): void {
        this.mounted.remove();
    }
}

/** One message in one frame: not compressed, length, bytes. */
const framed = (message: Buffer): Buffer => {
    const header = Buffer.alloc(5);
    header.writeUInt32BE(message.length, 1);
    return Buffer.concat([header, message]);
};

function call(client: http2.ClientHttp2Session, name: MethodName): Promise<Outcome> {
    const { path, serialize, deserialize } = methods[name];
    return new Promise((resolve, reject) => {
        client.once("error", reject);
        client.once("close", () => {
            reject(new Error("closed"));
        });
        const stream = client.request({
            ":method": "POST",
            ":path": path,
            "content-type": "application/grpc",
            te: "trailers",
        });
        const chunks: Buffer[] = [];
        let fields: http2.IncomingHttpHeaders = {};
        const keep = (headers: http2.IncomingHttpHeaders): void => {
            fields = { ...fields, ...headers };
        };
        stream.on("response", keep).on("trailers", keep);
        stream.on("data", (chunk: Buffer) => chunks.push(chunk));
        stream.once("error", reject);
        stream.once("end", () => {
            const body = Buffer.concat(chunks);
            const text = body.length > 0 ? deserialize(body.subarray(5)).identity : undefined;
            const message = String(fields["grpc-message"] ?? "");
            const status = fields["grpc-status"];
            if (status === undefined) reject(new Error("closed"));
            else resolve({ kind: "answered", status: Number(status), body: text ?? message });
        });
        stream.end(framed(serialize({ agentId: "test", capabilities: [] })));
    });
}

/** Its client makes a call again that met a server's end, as gRPC allows where the server did not begin with it. */
class GrpcSession implements Session {
    private readonly agentId = `test-${randomUUID()}`;
    private readonly client: AgentMeshClient;
    /** How often the client asked for its certificate: once for itself, and at each new connection. */
    private asked = 0;

    constructor({ address, host }: Endpoint, certificate: ReloadingCertificate) {
        const ask = () => {
            this.asked += 1;
            return certificate.context;
        };
        this.client = new AgentMeshClient({
            address: `${address.host}:${address.port}`,
            servername: host,
            certificate: {
                get context() {
                    return ask();
                },
            },
        });
    }

    public get connections(): number {
        return this.asked - 1;
    }

    public async request(): Promise<void> {
        await this.client.registerAgent({ agentId: this.agentId, capabilities: [] });
    }

    public close(): void {
        this.client.close();
    }
}
