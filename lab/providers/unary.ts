import type { EventEmitter } from "node:events";
import {
    status,
    type handleUnaryCall,
    type ServiceError,
    type UntypedServiceImplementation,
} from "@grpc/grpc-js";
import { toServiceError } from "./failure";

/** A gRPC method that answers one message with one, or fails with what was thrown. */
export function unary<Request, Response>(
    answer: (request: Request) => Response | Promise<Response>,
): handleUnaryCall<Request, Response> {
    return (call, callback) => {
        // In a promise, so that a throw and a rejection take one way.
        Promise.resolve(call.request)
            .then(answer)
            .then(
                (response) => {
                    callback(null, response);
                },
                (error: unknown) => {
                    callback(toServiceError(error));
                },
            );
    };
}

/** Methods of a protocol, with one answer or a stream of them, that are refused by name. */
export function unsupported(who: string, ...methods: string[]): UntypedServiceImplementation {
    return Object.fromEntries(
        methods.map((method) => [
            method,
            (call: EventEmitter, callback?: (error: Partial<ServiceError>) => void) => {
                const error = { code: status.UNIMPLEMENTED, details: `${who} has no ${method}` };
                if (callback) callback(error);
                else call.emit("error", error);
            },
        ]),
    );
}
