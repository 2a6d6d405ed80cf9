import { networkInterfaces } from "node:os";
import type { ConnectionOptions } from "node:tls";
import type { RedisApplication } from "../../../components/redis/redisUsers";
import { tlsProfile, type TlsProfileName } from "../../../components/tls/profile";
import { Authority, type Credential } from "../gateway/credentials";
import { freePort } from "../gateway/runningGateway";
import { ask } from "./ask";
import { passwordOf, RunningRedis, type RedisSettings } from "./runningRedis";

export const redisHost = "redis.llm-platform-data.svc";

/** A certificate of the api, or of whoever else signs for its name. */
export const clientOf = (issuer: Authority): Promise<Credential> =>
    issuer.leaf({ names: ["api.llm-platform.svc"], use: "client" });

export const serverOf = (issuer: Authority): Promise<Credential> =>
    issuer.leaf({ names: [redisHost], use: "server" });

export const login = (user: string): string => `AUTH ${user} ${passwordOf(user)}`;

export const noPermission = (user: string, command: string): string =>
    `-NOPERM User ${user} has no permissions to run the '${command}' command`;

/** A running Redis with its applications, and those who dial it from outside its machine. */
export class RedisStand {
    private constructor(
        public readonly settings: RedisSettings,
        public readonly redis: RunningRedis,
        public readonly authority: Authority,
        /** An authority that nobody trusts. */
        public readonly stranger: Authority,
        public readonly client: Credential,
    ) {}

    public static async start(
        profile: TlsProfileName,
        applications: readonly RedisApplication[] = [
            { name: "api", keyPrefix: "api:" },
            { name: "tracer", keyPrefix: "tracer:" },
        ],
    ): Promise<RedisStand> {
        const authority = await Authority.create();
        const settings: RedisSettings = {
            profile: tlsProfile(profile),
            port: await freePort(),
            maxMemoryMiB: 64,
            applications,
            server: await serverOf(authority),
            trust: authority.root,
        };
        const redis = new RunningRedis(settings);
        await redis.start();
        const client = await clientOf(authority);
        const stranger = await Authority.create("stranger");
        return new RedisStand(settings, redis, authority, stranger, client);
    }

    /** A client that may come in, but for what is changed. */
    public to(changes: ConnectionOptions = {}): ConnectionOptions {
        return {
            host: address(),
            port: this.settings.port,
            servername: redisHost,
            ca: this.authority.root,
            ...this.client,
            ...changes,
        };
    }

    /** What a user is answered over TLS, after its login. */
    public async as(user: string, ...commands: string[]): Promise<string[]> {
        return (await ask(this.to(), [login(user), ...commands])).slice(1);
    }

    /** What a user is answered over the socket, after its login. */
    public async overSocket(user: string, ...commands: string[]): Promise<string[]> {
        return (await ask({ path: this.redis.socket }, [login(user), ...commands])).slice(1);
    }

    public stop(): Promise<void> {
        return this.redis.remove();
    }
}

/** Not loopback: what Redis allows its own machine is not what is tested. */
export function address(): string {
    const found = Object.values(networkInterfaces())
        .flatMap((one) => one ?? [])
        .find(({ internal, family }) => !internal && family === "IPv4");
    if (found === undefined) throw new Error("this machine has no address but loopback");
    return found.address;
}
