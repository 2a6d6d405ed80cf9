import { connect as connectPlain, type NetConnectOpts, type Socket } from "node:net";
import { connect as connectTls, type ConnectionOptions, type TLSSocket } from "node:tls";

/** Over TLS where there is a root to trust, else as it is. */
export type Target = ConnectionOptions | NetConnectOpts;

/**
 * Sends commands on a connection of its own and reads it to its end: every line of the answers.
 *
 * @throws what the connection ends with, if it is refused
 */
export async function ask(target: Target, commands: readonly string[]): Promise<string[]> {
    const answers = await new RedisConnection(target).finish(commands);
    return answers.slice(0, -1);
}

/** A connection that lives from one command to the next. @see https://redis.io/docs/latest/develop/reference/protocol-spec/ */
export class RedisConnection {
    private readonly socket: Socket;
    private readonly closed: Promise<unknown>;
    private text = "";
    private changed: () => void = () => undefined;

    constructor(target: Target) {
        this.socket = "ca" in target ? connectTls(target) : connectPlain(target as NetConnectOpts);
        this.socket.setEncoding("utf8").on("data", (text: string) => {
            this.text += text;
            this.changed();
        });
        this.socket.setTimeout(10_000, () => {
            this.socket.destroy(
                new Error(`nothing came for 10 s after ${JSON.stringify(this.text)}`),
            );
        });
        this.closed = new Promise((resolve, reject) => {
            this.socket.on("error", reject).on("close", resolve);
        });
        // Whoever waits hears of it; nobody has to.
        this.closed.catch(() => undefined);
    }

    /** SHA-256 of the certificate that was served, over TLS. */
    public get served(): string | undefined {
        return (this.socket as TLSSocket).getPeerX509Certificate()?.fingerprint256;
    }

    /** The first line of the answer to a command. */
    public async command(command: string): Promise<string> {
        this.text = "";
        const answered = new Promise<void>((resolve) => {
            this.changed = () => {
                if (this.text.includes("\r\n")) resolve();
            };
        });
        this.socket.write(`${command}\r\n`);
        await Promise.race([answered, this.closed]);
        return this.text.split("\r\n", 1)[0] ?? "";
    }

    /** Sends the last commands, and gives every line until the other end closes. */
    public async finish(commands: readonly string[] = []): Promise<string[]> {
        this.text = "";
        this.socket.write([...commands, "QUIT"].map((command) => `${command}\r\n`).join(""));
        await this.closed;
        return this.text.split("\r\n").slice(0, -1);
    }

    public close(): void {
        this.socket.destroy();
    }
}
