import { Metadata, status, type ServiceError } from "@grpc/grpc-js";
import { ErrorResourceInitFailed } from "@pulumi/pulumi/proto/provider_pb";
import { Status } from "@pulumi/pulumi/proto/status_pb";
import { Any } from "google-protobuf/google/protobuf/any_pb";
import { InitializationError } from "./resource";
import { toStruct } from "./value";

/** What gRPC needs to carry an error of a provider to the engine, the state of a half-made resource included. */
export function toServiceError(error: unknown): Partial<ServiceError> {
    const message = error instanceof Error ? error.message : String(error);
    if (!(error instanceof InitializationError)) {
        return { code: status.UNKNOWN, details: message };
    }
    const metadata = new Metadata();
    metadata.add("grpc-status-details-bin", Buffer.from(withDetails(error).serializeBinary()));
    return { code: status.UNKNOWN, details: message, metadata };
}

function withDetails({ made, reasons, message }: InitializationError): Status {
    const detail = new ErrorResourceInitFailed()
        .setId(made.id)
        .setProperties(toStruct(made.state))
        .setInputs(toStruct(made.inputs))
        .setReasonsList([...reasons]);
    const any = new Any();
    any.pack(detail.serializeBinary(), "pulumirpc.ErrorResourceInitFailed");
    return new Status().setCode(status.UNKNOWN).setMessage(message).setDetailsList([any]);
}
