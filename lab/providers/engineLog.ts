import { credentials } from "@grpc/grpc-js";
import { EngineClient } from "@pulumi/pulumi/proto/engine_grpc_pb";
import { LogRequest, LogSeverity } from "@pulumi/pulumi/proto/engine_pb";
import type { Call } from "./resource";

/** Lines that a provider shows on a resource while it works on it. */
export class EngineLog {
    #client: EngineClient | undefined;

    /** Address of the engine, which it gives as argument, in the handshake or by attaching. */
    public connect(address: string | undefined): void {
        if (!address) return;
        this.#client?.close();
        this.#client = new EngineClient(address, credentials.createInsecure());
    }

    /** A line that cannot be delivered is lost: the work it tells of matters more. */
    public on(urn: string): Call["log"] {
        return (severity, message) => {
            const request = new LogRequest()
                .setUrn(urn)
                .setMessage(message)
                .setSeverity(severities[severity])
                .setEphemeral(severity === "status");
            this.#client?.log(request, () => undefined);
        };
    }
}

const severities = {
    status: LogSeverity.INFO,
    info: LogSeverity.INFO,
    warning: LogSeverity.WARNING,
    error: LogSeverity.ERROR,
} as const;
