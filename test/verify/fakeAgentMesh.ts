import { createSecureServer, type ServerHttp2Stream } from "node:http2";
import { mutualTls, type ServiceSettings } from "./fakeServices";
import { listen, type Listening } from "./servers";

/** Every respect in which a test makes the gRPC service wrong; absent means right. */
export interface AgentMeshSettings extends ServiceSettings {
    /** Whether it lets in who has no certificate. */
    readonly anybody?: boolean;
    /** Whether every identity may call every method. */
    readonly everyMethod?: boolean;
}

/** A gRPC service by hand: of its two methods one is allowed to whoever comes. Every message is malformed to it. */
export async function startAgentMesh(settings: AgentMeshSettings): Promise<Listening> {
    const { anybody = false } = settings;
    const server = createSecureServer({
        ...mutualTls(settings),
        requestCert: !anybody,
        rejectUnauthorized: !anybody,
    });
    server.on("tlsClientError", () => undefined);
    server.on("sessionError", () => undefined);
    server.on("stream", (stream: ServerHttp2Stream, { ":path": path }) => {
        stream.on("error", () => undefined);
        stream.respond(
            {
                ":status": 200,
                "content-type": "application/grpc",
                "grpc-status": statusOf(path, settings),
            },
            { endStream: true },
        );
    });
    return listen(server);
}

function statusOf(path: string | undefined, { everyMethod = false }: AgentMeshSettings): string {
    switch (path) {
        case "/agentmesh.v1.AgentMeshService/RegisterAgent":
            return "3";
        case "/agentmesh.v1.AgentMeshService/RenewAgent":
            return everyMethod ? "3" : "7";
        default:
            return "12";
    }
}
