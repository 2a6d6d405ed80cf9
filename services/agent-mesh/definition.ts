import type { MethodDefinition } from "@grpc/grpc-js";
import { fromJSON, type Options } from "@grpc/proto-loader";
import { descriptor } from "./descriptor";

export interface RegisterAgentRequest {
    readonly agentId: string;
    readonly capabilities: readonly string[];
}

export interface RenewAgentRequest {
    readonly agentId: string;
}

export interface Registration {
    readonly agentId: string;
    /** Of the caller, `<service>.<namespace>.svc`. */
    readonly identity: string;
    readonly capabilities: readonly string[];
    readonly leaseSeconds: number;
}

/** A request as it was read; undefined where its bytes are no such message. */
export interface Received<Request> {
    readonly message: Request | undefined;
}

/** What a method takes and gives, for both sides. A server gets the request as it was read, so that it says itself what is wrong. */
export interface Method<Request> {
    readonly path: string;
    readonly serialize: (request: Request) => Buffer;
    readonly deserialize: (bytes: Buffer) => Registration;
    readonly server: MethodDefinition<Received<Request>, Registration>;
}

/** How messages are read: every field is there, with its default where it was not sent. */
export const readingOptions: Options = { defaults: true, longs: Number };

export const serviceName = "agentmesh.v1.AgentMeshService";

const loaded = fromJSON(descriptor, readingOptions)[serviceName] as unknown as Readonly<
    Record<MethodName, MethodDefinition<unknown, Registration>>
>;

/** The methods by their names; who may call one is said by name. */
export const methods = {
    RegisterAgent: method<RegisterAgentRequest>("RegisterAgent"),
    RenewAgent: method<RenewAgentRequest>("RenewAgent"),
};

export type MethodName = "RegisterAgent" | "RenewAgent";

export function isMethodName(text: string): text is MethodName {
    return Object.hasOwn(methods, text);
}

function method<Request>(name: MethodName): Method<Request> {
    const { path, requestSerialize, requestDeserialize, responseSerialize, responseDeserialize } =
        loaded[name];
    return {
        path,
        serialize: requestSerialize,
        deserialize: responseDeserialize,
        server: {
            path,
            requestStream: false,
            responseStream: false,
            requestSerialize: ({ message }) => requestSerialize(message),
            requestDeserialize: (bytes) => {
                try {
                    return { message: requestDeserialize(bytes) as Request };
                } catch {
                    return { message: undefined };
                }
            },
            responseSerialize,
            responseDeserialize,
        },
    };
}
