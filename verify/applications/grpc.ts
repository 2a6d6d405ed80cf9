import { isRefusal, reasonOf } from "../connection";
import { askOverHttp2 } from "../http2";
import type { Application, Credentials, Hop } from "../hop";
import { knocking } from "./spoken";

/** A client's connection preface with an empty SETTINGS frame. @see RFC 9113, section 3.4 */
const preface = Buffer.concat([
    Buffer.from("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"),
    Buffer.from([0, 0, 0, 4, 0, 0, 0, 0, 0]),
]);

/** Of a frame, length and type; a server begins with SETTINGS. */
const FRAME_HEADER_BYTES = 9;

/** One message without content, as gRPC frames it. */
const emptyMessage = Buffer.alloc(5);

const headers = { ":method": "POST", "content-type": "application/grpc", te: "trailers" };

const { knockInClear } = knocking({
    greeting: preface,
    isWhole: (answer) => answer.length >= FRAME_HEADER_BYTES,
    judge: (answer) => ({
        kind: "odd",
        seen: answer[3] === 4 ? "HTTP/2 without TLS" : "an answer that is not TLS",
    }),
});

/** A unary method that the verifier may call. */
export interface AllowedMethod {
    /** `/package.Service/Method` */
    readonly path: string;
    /** Status that an empty message gets from whom the service lets in. */
    readonly status: string;
}

/** gRPC over HTTP/2. */
export const grpc = ({ path, status }: AllowedMethod): Application => ({
    protocols: ["h2"],
    greeting: preface,
    welcome: `grpc-status ${status} to an empty message`,
    refusal: "an alert or a closed connection",
    knock: async (hop, client) => {
        const answer = await call(hop, path, client);
        if (answer.kind === "refused") return { kind: "refusal", seen: answer.reason };
        const seen = `grpc-status ${answer.status}`;
        return { kind: answer.status === status ? "welcome" : "odd", seen };
    },
    knockInClear,
});

export type GrpcAnswer =
    | { readonly kind: "status"; readonly status: string }
    | { readonly kind: "refused"; readonly reason: string };

/**
 * Calls a method with an empty message.
 *
 * @param method path of the method, `/package.Service/Method`
 * @see https://github.com/grpc/grpc/blob/master/doc/PROTOCOL-HTTP2.md
 */
export async function call(hop: Hop, method: string, client?: Credentials): Promise<GrpcAnswer> {
    try {
        const { protocol, status, fields } = await askOverHttp2(hop, {
            path: method,
            ...(client ? { client } : {}),
            headers,
            body: emptyMessage,
            protocols: ["h2"],
        });
        const code = fields["grpc-status"];
        if (typeof code === "string") return { kind: "status", status: code };
        return { kind: "status", status: `none, ${protocol} ${status}` };
    } catch (error) {
        if (!isRefusal(error)) throw error;
        return { kind: "refused", reason: reasonOf(error) };
    }
}
