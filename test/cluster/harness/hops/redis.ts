import { randomUUID } from "node:crypto";
import { once } from "node:events";
import type { Redis } from "ioredis";
import { createRedis } from "../../../../services/tls/redis";
import { ClientCertificate } from "../../../services/clientCertificate";
import { MemoryLog } from "../../../services/running";
import { connect, outcomeOf, servedFingerprint } from "../connection";
import type { Credentials } from "../credentials";
import type { Attempt, Endpoint, Hop, Outcome, Session } from "../hop";

export interface RedisLogin {
    /** Nobody logs in where it is undefined: what is left is the user `default`. */
    readonly user?: string;
    readonly password: string;
}

export interface RedisAttempt extends Attempt {
    readonly login?: RedisLogin;
    /** Sent after the login. Default `["GET", "api:test"]`. */
    readonly command?: readonly string[];
}

/** A value that a session wrote, and when that was acknowledged. */
interface Written {
    readonly key: string;
    readonly at: number;
}

const keyPrefix = "api:test:";

/** Redis. A success is a command that is answered without an error; in a session it is a value that is written. */
export class RedisHop implements Hop {
    public readonly name: string;
    public readonly written: Written[] = [];
    private readonly mounted: ClientCertificate;

    constructor(
        private readonly endpoint: Endpoint,
        public readonly credentials: Credentials,
        private readonly login: Required<RedisLogin>,
    ) {
        this.name = endpoint.name;
        const { certificate: cert, privateKey: key } = credentials;
        this.mounted = new ClientCertificate({ cert, key }, endpoint.trust, login.password);
    }

    /** The status is 200, or 403 where Redis answers with an error. */
    public attempt(attempt: RedisAttempt): Promise<Outcome> {
        const { user, password } = attempt.login ?? this.login;
        const command = attempt.command ?? ["GET", "api:test"];
        const commands = [...(user === undefined ? [] : [["AUTH", user, password]]), command];
        return outcomeOf(async () => {
            const socket = await connect(this.endpoint, attempt);
            socket.setTimeout(10_000, () => socket.destroy(new Error("timeout")));
            try {
                let body = "";
                for (const words of commands) {
                    socket.write(resp(words));
                    body = await Promise.race([answer(socket), closed(socket)]);
                    if (body.startsWith("-")) return { kind: "answered", status: 403, body };
                }
                return { kind: "answered", status: 200, body };
            } finally {
                socket.destroy();
            }
        });
    }

    public servedFingerprint(): Promise<string> {
        return servedFingerprint(this.endpoint, this.credentials);
    }

    public open(): Session {
        const redis = this.client();
        return new RedisSession(redis, this.written);
    }

    /** Values acknowledged before a moment that are not there any more. */
    public async lost(before: number): Promise<string[]> {
        const redis = this.client();
        const keys = this.written.filter(({ at }) => at < before).map(({ key }) => key);
        const values = await Promise.all(keys.map((key) => redis.get(key)));
        redis.disconnect();
        return keys.filter((_key, index) => values[index] === null);
    }

    public close(): void {
        this.mounted.remove();
    }

    private client(): Redis {
        const { address, host } = this.endpoint;
        const redis = createRedis({
            ...address,
            servername: host,
            username: this.login.user,
            passwordFile: this.mounted.passwordFile,
            certificate: this.mounted.certificate,
            log: new MemoryLog(),
            random: Math.random,
        });
        redis.connect().catch(() => undefined); // it goes on trying by itself
        return redis;
    }
}

class RedisSession implements Session {
    public connections = 0;

    constructor(
        private readonly redis: Redis,
        private readonly written: Written[],
    ) {
        redis.on("connect", () => {
            this.connections += 1;
        });
    }

    public async request(): Promise<void> {
        const key = `${keyPrefix}${randomUUID()}`;
        await this.redis.set(key, "1", "EX", 600);
        this.written.push({ key, at: Date.now() });
    }

    public close(): void {
        this.redis.disconnect();
    }
}

/** A command as Redis reads it. */
const resp = (words: readonly string[]): string =>
    `*${words.length}\r\n${words.map((word) => `$${Buffer.byteLength(word)}\r\n${word}\r\n`).join("")}`;

async function answer(socket: NodeJS.EventEmitter): Promise<string> {
    const [data] = (await once(socket, "data")) as [Buffer];
    return data.toString().trimEnd();
}

async function closed(socket: NodeJS.EventEmitter): Promise<string> {
    await once(socket, "close");
    throw new Error("closed");
}
