import { status, type handleUnaryCall } from "@grpc/grpc-js";
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

/** Methods of the protocol that are refused by name. */
export function unsupported<Method extends string>(
    who: string,
    ...methods: Method[]
): Record<Method, handleUnaryCall<unknown, unknown>> {
    const refuse = (method: string): handleUnaryCall<unknown, unknown> => {
        return (_call, callback) => {
            callback({ code: status.UNIMPLEMENTED, details: `${who} has no ${method}` });
        };
    };
    return Object.fromEntries(methods.map((method) => [method, refuse(method)])) as Record<
        Method,
        handleUnaryCall<unknown, unknown>
    >;
}
