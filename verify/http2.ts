import { connect, type ClientHttp2Stream, type OutgoingHttpHeaders } from "node:http2";
import { handshake } from "./connection";
import { authorityOf } from "./exchange";
import type { Credentials, Hop } from "./hop";

export interface Http2Question {
    readonly path: string;
    /** Absent: none is shown. */
    readonly client?: Credentials;
    readonly headers?: OutgoingHttpHeaders;
    readonly body?: Buffer;
    /** Offered in ALPN; default h2, then http/1.1. */
    readonly protocols?: readonly string[];
}

export interface Http2Answer {
    /** What ALPN agreed on; where that is not h2, nothing was asked. */
    readonly protocol: string;
    /** 0 where nothing was asked. */
    readonly status: number;
    /** Headers, and in their place trailers of the same name. */
    readonly fields: Readonly<Record<string, unknown>>;
}

/**
 * One request over HTTP/2 on a connection of its own.
 *
 * @throws Refused where the handshake fails, else the error that ended the connection
 */
export async function askOverHttp2(hop: Hop, question: Http2Question): Promise<Http2Answer> {
    const { client, protocols = ["h2", "http/1.1"] } = question;
    const socket = await handshake(hop, { ...(client ? { client } : {}), protocols });
    const protocol = socket.alpnProtocol || "none";
    if (protocol !== "h2") {
        socket.destroy();
        return { protocol, status: 0, fields: {} };
    }
    const session = connect(`https://${hop.host}`, { createConnection: () => socket });
    try {
        const fields = await new Promise<Record<string, unknown>>((resolve, reject) => {
            session.on("error", reject);
            session.on("close", () => {
                reject(closedWithoutAnswer);
            });
            const stream = session.request({
                ":path": question.path,
                ":authority": authorityOf(hop),
                ...question.headers,
            });
            read(stream, resolve, reject);
            stream.end(question.body);
        });
        return { protocol, status: Number(fields[":status"]), fields };
    } finally {
        session.destroy();
    }
}

const closedWithoutAnswer = Object.assign(new Error("the connection was closed"), {
    code: "ECONNRESET",
});

function read(
    stream: ClientHttp2Stream,
    resolve: (fields: Record<string, unknown>) => void,
    reject: (reason: unknown) => void,
): void {
    let fields: Record<string, unknown> = {};
    const add = (more: object): void => {
        fields = { ...fields, ...more };
    };
    stream.on("error", reject);
    stream.on("response", add);
    stream.on("trailers", add);
    stream.on("end", () => {
        if (":status" in fields) resolve(fields);
        else reject(closedWithoutAnswer);
    });
    stream.resume();
}
