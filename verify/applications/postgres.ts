import { once } from "node:events";
import type { Socket } from "node:net";
import { Refused } from "../connection";
import type { Application, Credentials, Hop, Reception } from "../hop";
import { knocking, say } from "./spoken";

/** What a client says of itself at the start, for example `user` and `database`. */
export type StartUp = Readonly<Record<string, string>>;

const SSL_REQUEST = [0, 0, 0, 8, 0x04, 0xd2, 0x16, 0x2f];

/**
 * Asks for TLS inside PostgreSQL's protocol.
 *
 * @throws Refused where the server has none
 * @see https://www.postgresql.org/docs/17/protocol-flow.html, SSL Session Encryption
 */
export async function requestTls(socket: Socket): Promise<void> {
    socket.write(Buffer.from(SSL_REQUEST));
    const heard = once(socket, "data") as Promise<Buffer[]>;
    const [answer] = await Promise.race([heard, once(socket, "close").then(() => [])]);
    if (answer?.toString("latin1") === "S") return;
    socket.destroy();
    if (answer === undefined) throw new Refused("connection closed");
    throw new Refused(
        answer.toString("latin1") === "N" ? "the server has no TLS" : "this is not PostgreSQL",
    );
}

/** PostgreSQL with a role that has a certificate of its own, which the verifier's is not: the server goes on to the password. */
export function postgres(startUp: StartUp): Application {
    const greeting = startUpMessage(startUp);
    return {
        protocols: [],
        greeting,
        welcome: "a password asked for by SCRAM-SHA-256",
        refusal: "an alert, a closed connection or FATAL 28000",
        ...knocking({ greeting, isWhole, judge }),
    };
}

/** Starts a session over TLS with other words than the application's. @throws Refused where there is no answer */
export async function startSession(
    hop: Hop,
    startUp: StartUp,
    client?: Credentials,
): Promise<Reception> {
    return judge(await say(hop, startUpMessage(startUp), isWhole, client));
}

function startUpMessage(startUp: StartUp): Buffer {
    const text = [...Object.entries(startUp).flat(), "", ""].join("\0");
    const message = Buffer.concat([Buffer.alloc(4), Buffer.from([0, 3, 0, 0]), Buffer.from(text)]);
    message.writeUInt32BE(message.length);
    return message;
}

/** A message has its type, then its length, which counts itself. */
function isWhole(answer: Buffer): boolean {
    return answer.length >= 5 && answer.length > answer.readUInt32BE(1);
}

function judge(answer: Buffer): Reception {
    const type = String.fromCharCode(answer[0] ?? 0);
    const content = answer.subarray(5, 1 + answer.readUInt32BE(1));
    if (type === "R") return judgeAuthentication(content);
    if (type !== "E") return { kind: "odd", seen: `a message of type ${type}` };
    const { S: severity = "", C: code = "", M: text = "" } = fieldsOf(content);
    const kind = severity === "FATAL" && code === "28000" ? "refusal" : "odd";
    return { kind, seen: `${severity} ${code} ${text}` };
}

/** @see https://www.postgresql.org/docs/17/protocol-message-formats.html, Authentication */
function judgeAuthentication(content: Buffer): Reception {
    const method = content.readUInt32BE(0);
    const mechanisms = content.subarray(4).toString("latin1").split("\0");
    if (method === 10 && mechanisms.includes("SCRAM-SHA-256"))
        return { kind: "welcome", seen: "a password asked for by SCRAM-SHA-256" };
    return {
        kind: "odd",
        seen: method === 0 ? "let in without a password" : `authentication by method ${method}`,
    };
}

/** An error's fields by their one letter: S severity, C code, M message. */
function fieldsOf(content: Buffer): Partial<Record<string, string>> {
    const fields = content
        .toString()
        .split("\0")
        .filter((field) => field !== "");
    return Object.fromEntries(fields.map((field) => [field.slice(0, 1), field.slice(1)]));
}
