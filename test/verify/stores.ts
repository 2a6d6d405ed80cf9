import { chmodSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { postgresFiles } from "../../components/postgres/postgresPods";
import { redisUid } from "../../components/redis/redisPods";
import { tlsProfile, TlsProfileName } from "../../components/tls/profile";
import { inRootfs } from "../../lab/images/inRootfs";
import type { Credentials } from "../../verify/hop";
import { freePort } from "../components/gateway/runningGateway";
import { RunningPostgres } from "../components/postgres/runningPostgres";
import { ask } from "../components/redis/ask";
import { RunningRedis } from "../components/redis/runningRedis";

/** A store that listens on loopback. */
export interface Store {
    readonly port: number;
    readonly stop: () => Promise<void>;
}

export interface StoreSettings {
    readonly server: Credentials;
    /** PEM of its clients' root. */
    readonly root: string;
}

type Files = Readonly<Record<string, string>>;

/**
 * The real PostgreSQL as the platform configures it.
 *
 * @param change files in place of some of the platform's
 */
export async function startPostgres(
    { server, root }: StoreSettings,
    change: (files: Files) => Files = () => ({}),
): Promise<Store> {
    const port = await freePort();
    const roles = { roles: [{ role: "app_user", database: "llm_platform" }], replicationRoles: [] };
    const files = postgresFiles(TlsProfileName.Modern, roles, port);
    const postgres = new RunningPostgres({
        files: { ...files, ...change(files) },
        server: { cert: server.certificate, key: server.privateKey },
        root,
        passwords: { app_user: "only-the-application-knows" },
    });
    await postgres.start();
    const stop = async (): Promise<void> => {
        await postgres.end();
        postgres.remove();
    };
    return { port, stop };
}

/** The real Redis as the platform configures it. */
export async function startRedis({ server, root }: StoreSettings): Promise<Store> {
    const port = await freePort();
    const redis = new RunningRedis({
        profile: tlsProfile(TlsProfileName.Modern),
        port,
        maxMemoryMiB: 64,
        applications: [{ name: "api", keyPrefix: "api:" }],
        server: { cert: server.certificate, key: server.privateKey },
        trust: root,
    });
    await redis.start();
    return { port, stop: () => redis.remove() };
}

interface WeakRedis {
    readonly tlsPort: number;
    readonly plainPort: number;
    readonly stop: () => Promise<void>;
}

/** The real Redis as it is without the platform: TLS for whoever likes it, a plaintext port, the default user on. */
export async function startWeakRedis({ server, root }: StoreSettings): Promise<WeakRedis> {
    const folder = mkdtempSync(join(tmpdir(), "weak-redis-"));
    const { certificate, privateKey } = server;
    const files = { "tls.crt": certificate, "tls.key": privateKey, "ca.crt": root };
    for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, name), text);
    chmodSync(folder, 0o755);
    const [tlsPort, plainPort] = [await freePort(), await freePort()];
    const settings = {
        port: plainPort,
        "tls-port": tlsPort,
        "tls-cert-file": "/certs/tls.crt",
        "tls-key-file": "/certs/tls.key",
        "tls-ca-cert-file": "/certs/ca.crt",
        "tls-auth-clients": "no",
        "tls-ciphersuites": "TLS_AES_128_GCM_SHA256",
        bind: "127.0.0.1",
        save: "",
    };
    const args = Object.entries(settings).flatMap(([name, value]) => [`--${name}`, String(value)]);
    const options = { binds: { "/certs": folder }, uid: redisUid };
    const ended = inRootfs(["redis-server", ...args], options);
    const say = (command: string) => ask({ host: "127.0.0.1", port: plainPort }, [command]);
    await answering(() => say("PING"));
    const stop = async (): Promise<void> => {
        await say("SHUTDOWN NOSAVE");
        await ended;
        rmSync(folder, { recursive: true });
    };
    return { tlsPort, plainPort, stop };
}

async function answering(say: () => Promise<string[]>): Promise<void> {
    const end = Date.now() + 20_000;
    while ((await say().catch(() => [])).length === 0) {
        if (Date.now() > end) throw new Error("Redis did not answer within 20 s");
        await sleep(50);
    }
}
