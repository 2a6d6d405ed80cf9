import { X509Certificate } from "node:crypto";
import { TlsProfileName } from "../../../components/tls/profile";
import type { Credential } from "../gateway/credentials";
import { ask, RedisConnection } from "./ask";
import { clientOf, login, RedisStand, serverOf } from "./redisStand";
import { reloadCommand } from "./runningRedis";

jest.setTimeout(60_000);

let stand: RedisStand;

describe("the real Redis reloads", () => {
    beforeAll(async () => {
        stand = await RedisStand.start(TlsProfileName.Modern);
    });
    afterAll(() => stand.stop());

    const served = async (): Promise<string | undefined> => {
        const connection = new RedisConnection(stand.to());
        await connection.command("PING");
        const { served } = connection;
        connection.close();
        return served;
    };
    const fingerprint = ({ cert }: Credential) => new X509Certificate(cert).fingerprint256;

    it("a renewed pair, by one command over the socket, and keeps it where the next does not fit", async () => {
        const session = new RedisConnection(stand.to());
        expect(await session.command(login("api"))).toBe("+OK");
        expect(session.served).toBe(fingerprint(stand.settings.server));

        const next = await serverOf(stand.authority);
        stand.redis.renew(next);
        expect(await served()).toBe(fingerprint(stand.settings.server));
        expect(await stand.overSocket("reload", reloadCommand)).toEqual(["+OK"]);
        expect(await served()).toBe(fingerprint(next));

        stand.redis.renew({ cert: stand.settings.server.cert, key: next.key });
        expect(await stand.overSocket("reload", reloadCommand)).toEqual([
            "-ERR CONFIG SET failed (possibly related to argument 'tls-cert-file') - Unable to update TLS configuration. Check server logs.",
        ]);
        expect(await served()).toBe(fingerprint(next));
        expect(await session.command("PING")).toBe("+PONG");

        stand.redis.renew(stand.settings.server);
        expect(await stand.overSocket("reload", reloadCommand)).toEqual(["+OK"]);
        expect(await served()).toBe(fingerprint(stand.settings.server));
        expect(await session.command("PING")).toBe("+PONG");
        session.close();
    });

    it("a bundle with one more root, and refuses it whole with a pair that does not fit", async () => {
        const newcomer = stand.to(await clientOf(stand.stranger));
        stand.redis.trust(stand.authority.root + stand.stranger.root);
        stand.redis.renew({ cert: stand.settings.server.cert, key: stand.client.key });
        expect((await stand.overSocket("reload", reloadCommand))[0]).toMatch(
            /^-ERR CONFIG SET failed/,
        );
        await expect(ask(newcomer, ["PING"])).rejects.toThrow("SSL alert number 48");

        stand.redis.renew(stand.settings.server);
        expect(await stand.overSocket("reload", reloadCommand)).toEqual(["+OK"]);
        expect(await ask(newcomer, [login("api")])).toEqual(["+OK"]);

        stand.redis.trust(stand.authority.root);
        expect(await stand.overSocket("reload", reloadCommand)).toEqual(["+OK"]);
        await expect(ask(newcomer, ["PING"])).rejects.toThrow("SSL alert number 48");
        expect(await ask(stand.to(), [login("api")])).toEqual(["+OK"]);
    });
});

describe("the real Redis's data", () => {
    beforeAll(async () => {
        stand = await RedisStand.start(TlsProfileName.Modern);
    });
    afterAll(() => stand.stop());

    /** Redis looks up from reading its log once every 1024 commands. */
    const keys = Array.from({ length: 4000 }, (_, index) => `api:${index}`);

    it("is there again after the process is killed, and a probe tells reading it from serving it", async () => {
        await stand.as("api", ...keys.map((key) => `SET ${key} kept`));
        expect(await stand.redis.probe("ready")).toBe(0);
        await stand.redis.stop("SIGKILL");
        expect([await stand.redis.probe("ready"), await stand.redis.probe("live")]).toEqual([1, 1]);

        await stand.redis.start("--key-load-delay 1000");
        expect([await stand.redis.probe("ready"), await stand.redis.probe("live")]).toEqual([1, 0]);
        await stand.redis.until("it is read", async () => (await stand.redis.probe("ready")) === 0);
        expect(await stand.as("api", `MGET ${keys.join(" ")}`)).toEqual([
            "*4000",
            ...keys.flatMap(() => ["$4", "kept"]),
        ]);
    });

    it("is complete after it was ended gently", async () => {
        await stand.as("api", "SET api:last kept");
        expect(await stand.redis.stop()).toContain("Redis is now ready to exit, bye bye");
        await stand.redis.start();
        expect(await stand.as("api", "GET api:last")).toEqual(["$4", "kept"]);
    });
});
