import { once } from "node:events";
import { connect } from "node:net";
import { connect as connectTls, type ConnectionOptions, type TLSSocket } from "node:tls";
import { Client } from "pg";
import type { Credential } from "../gateway/credentials";

/** How somebody tries to come in. */
export interface Attempt {
    readonly port: number;
    readonly role: string;
    readonly database: string;
    readonly password: string;
    /** TLS of the attempt; false is none. */
    readonly tls: ConnectionOptions | false;
}

/** A session, or the reason why there is none. The caller ends it. */
export async function login({ port, role, database, password, tls }: Attempt): Promise<Client> {
    const client = new Client({
        host: "127.0.0.1",
        port,
        user: role,
        database,
        password,
        ssl: tls,
        connectionTimeoutMillis: 10_000,
    });
    // A server that goes away is no reason for the test to fail.
    client.on("error", () => undefined);
    await client.connect();
    return client;
}

/** The rows of one statement in a session of its own. */
export async function ask(attempt: Attempt, sql: string): Promise<unknown[]> {
    const client = await login(attempt);
    try {
        return (await client.query<Record<string, unknown>>(sql)).rows;
    } finally {
        await client.end();
    }
}

/** What a client shows and expects in the handshake. */
export const tlsOf = (root: string, credential?: Credential): ConnectionOptions => ({
    ca: root,
    servername: "postgres.llm-platform-data.svc",
    ...credential,
});

/** TLS inside PostgreSQL's protocol, before anybody has said who they are. @see PostgreSQL, SSLRequest */
export async function handshake(port: number, options: ConnectionOptions): Promise<TLSSocket> {
    const tcp = connect({ host: "127.0.0.1", port });
    tcp.write(Buffer.from([0, 0, 0, 8, 0x04, 0xd2, 0x16, 0x2f]));
    const [answer] = (await once(tcp, "data")) as [Buffer];
    if (answer.toString() !== "S") throw new Error(`answered ${answer.toString("hex")}`);
    const socket = connectTls({ socket: tcp, ...options });
    await once(socket, "secureConnect");
    return socket;
}

/** The first message of a session. */
export function startupMessage(parameters: Readonly<Record<string, string>>): Buffer {
    const text = Object.entries(parameters).flat().join("\0");
    const body = Buffer.concat([Buffer.from([0, 3, 0, 0]), Buffer.from(`${text}\0\0`)]);
    const length = Buffer.alloc(4);
    length.writeUInt32BE(body.length + 4);
    return Buffer.concat([length, body]);
}
