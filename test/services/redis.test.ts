import { X509Certificate } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import type { TLSSocket } from "node:tls";
import type { Redis } from "ioredis";
import { tlsProfile, TlsProfileName } from "../../components/tls/profile";
import { createRedis, type RedisSettings } from "../../services/tls/redis";
import { Authority, type Credential } from "../components/gateway/credentials";
import { freePort } from "../components/gateway/runningGateway";
import { passwordOf, RunningRedis } from "../components/redis/runningRedis";
import { ClientCertificate } from "./clientCertificate";

jest.setTimeout(60_000);

const host = "redis.llm-platform-data.svc";

let authority: Authority;
let stranger: Authority;
let server: RunningRedis;
let port: number;
let good: Credential;
let client: ClientCertificate;
let open: Redis[];

beforeAll(async () => {
    authority = await Authority.create();
    stranger = await Authority.create();
    port = await freePort();
    server = new RunningRedis({
        profile: tlsProfile(TlsProfileName.Modern),
        port,
        maxMemoryMiB: 64,
        applications: [{ name: "api", keyPrefix: "api:" }],
        server: await authority.leaf({ names: [host], use: "server" }),
        trust: authority.root,
    });
    await server.start();
    good = await leaf();
});

afterAll(() => server.remove());

beforeEach(() => {
    open = [];
    client = new ClientCertificate(good, authority.root, passwordOf("api"));
});

afterEach(() => {
    for (const redis of open) redis.disconnect();
    client.remove();
});

const leaf = (from = authority) => from.leaf({ names: ["api.llm-platform.svc"], use: "client" });

/** Dials loopback and verifies the name that a pod dials. */
function redisOf(changes: Partial<RedisSettings> = {}): Redis {
    const redis = createRedis({
        host: "127.0.0.1",
        servername: host,
        port,
        username: "api",
        passwordFile: client.passwordFile,
        certificate: client.certificate,
        log: client.log,
        random: () => 0.5,
        ...changes,
    });
    open.push(redis);
    return redis;
}

const connection = (redis: Redis) => redis.stream as TLSSocket;

const shown = (redis: Redis) => connection(redis).getX509Certificate()?.serialNumber;

const serial = ({ cert }: Credential) => new X509Certificate(cert).serialNumber;

const reasons = () => client.log.events("redis_connection_failed").map(({ reason }) => reason);

it("connects over TLS 1.3 with the policy's suites and shows its certificate", async () => {
    const redis = redisOf();
    expect(await redis.set("api:one", "1", "EX", 60)).toBe("OK");
    expect(await redis.get("api:one")).toBe("1");
    expect(connection(redis).getProtocol()).toBe("TLSv1.3");
    expect(connection(redis).getCipher().name).toBe("TLS_AES_256_GCM_SHA384");
    expect(shown(redis)).toBe(serial(good));
    await expect(redis.get("tracer:one")).rejects.toThrow("NOPERM");
    await expect(redis.call("CONFIG", "GET", "port")).rejects.toThrow("NOPERM");
});

it.each<[string, () => Promise<Partial<RedisSettings>>, string]>([
    [
        "a server of another name",
        () => Promise.resolve({ servername: "postgres.llm-platform-data.svc" }),
        "the server's certificate is not for postgres.llm-platform-data.svc",
    ],
    [
        "a server of another authority",
        async () => {
            client.remove();
            client = new ClientCertificate(await leaf(stranger), stranger.root, passwordOf("api"));
            return { certificate: client.certificate };
        },
        "certificate signature failure",
    ],
    [
        "a wrong password",
        () => {
            client.setPassword("wrong");
            return Promise.resolve({});
        },
        "WRONGPASS invalid username-password pair or user is disabled.",
    ],
    [
        "the default user",
        () => Promise.resolve({ username: "default" }),
        "WRONGPASS invalid username-password pair or user is disabled.",
    ],
])("does not connect with %s", async (_case, changes, message) => {
    expect(await redisOf().ping()).toBe("PONG");
    await expect(redisOf(await changes()).ping()).rejects.toThrow();
    expect(reasons()).toContain(message);
    expect(JSON.stringify(client.log.lines)).not.toContain(passwordOf("api"));
});

it("connects as soon as the password in its file is right", async () => {
    client.setPassword("wrong");
    const redis = redisOf();
    await expect(redis.ping()).rejects.toThrow("WRONGPASS");
    client.setPassword(passwordOf("api"));
    await server.until("it is connected", async () =>
        redis.ping().then(
            () => true,
            () => false,
        ),
    );
});

it("shows a renewed certificate on the next connection, and keeps the one it has", async () => {
    const redis = redisOf();
    await redis.ping();
    const next = await leaf();
    client.renew(next);
    await redis.ping();
    expect(shown(redis)).toBe(serial(good));
    connection(redis).destroy();
    await redis.ping();
    expect(shown(redis)).toBe(serial(next));
});

it("replaces its connection at its age, and does no command twice", async () => {
    const redis = redisOf({ maxAgeSeconds: 1 });
    const ports = new Set<number | undefined>();
    const next = await leaf();
    await redis.del("api:count");
    const end = Date.now() + 4_500;
    let sent = 0;
    const load = Array.from({ length: 8 }, async () => {
        while (Date.now() < end) {
            sent++;
            await redis.incr("api:count");
            ports.add(connection(redis).localPort);
            await sleep(2);
        }
    });
    await sleep(500);
    client.renew(next);
    await Promise.all(load);
    expect(sent).toBeGreaterThan(1_000);
    expect(await redis.get("api:count")).toBe(String(sent));
    expect(ports.size).toBeGreaterThanOrEqual(4);
    expect(shown(redis)).toBe(serial(next));
    expect(reasons()).toEqual([]);
});

it("is there again within two seconds of a server that starts anew", async () => {
    const redis = redisOf();
    expect(await redis.ping()).toBe("PONG");
    await server.stop();
    await expect(redis.ping()).rejects.toThrow();
    await sleep(3_000);
    await server.start();
    const startedAt = Date.now();
    await server.until("it answers", async () =>
        redis.ping().then(
            () => true,
            () => false,
        ),
    );
    expect(Date.now() - startedAt).toBeLessThan(2_000);
});
