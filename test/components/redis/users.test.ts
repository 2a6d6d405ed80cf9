import { TlsProfileName } from "../../../components/tls/profile";
import { freePort } from "../gateway/runningGateway";
import { ask, RedisConnection } from "./ask";
import { address, login, noPermission, RedisStand } from "./redisStand";
import { passwordOf, reloadCommand, RunningRedis } from "./runningRedis";

jest.setTimeout(60_000);

const wrong = "-WRONGPASS invalid username-password pair or user is disabled.";

let stand: RedisStand;

describe("the real Redis", () => {
    beforeAll(async () => {
        stand = await RedisStand.start(TlsProfileName.Fips);
    });
    afterAll(() => stand.stop());

    describe("as nobody", () => {
        it.each([
            ["says nothing", "PING", "-NOAUTH Authentication required."],
            ["is the default user", "AUTH default default", wrong],
            ["is the default user without a name", "AUTH default", wrong],
            ["does not know the password", "AUTH api api", wrong],
            ["has another user's password", `AUTH api ${passwordOf("tracer")}`, wrong],
        ])("a certificate alone opens nothing: who %s", async (_case, command, refusal) => {
            expect(await ask(stand.to(), [command, "GET api:1"])).toEqual([
                refusal,
                "-NOAUTH Authentication required.",
            ]);
            expect(await ask(stand.to(), [login("api"), "GET api:1"])).toEqual(["+OK", "$-1"]);
        });

        it("a password without a certificate opens nothing", async () => {
            const nameless = stand.to({ cert: undefined, key: undefined });
            await expect(ask(nameless, [login("api")])).rejects.toThrow("SSL alert number 116");
            expect(await ask(stand.to(), [login("api")])).toEqual(["+OK"]);
        });
    });

    describe("as an application", () => {
        it("reaches its own keys and none of another's", async () => {
            const commands = ["SET api:k 1 EX 60", "GET api:k", "SET tracer:k 1", "GET tracer:k"];
            const noKey = "-NOPERM No permissions to access a key";
            expect(await stand.as("api", ...commands)).toEqual(["+OK", "$1", "1", noKey, noKey]);
            expect(await stand.as("tracer", ...commands)).toEqual([noKey, noKey, "+OK", "$1", "1"]);
            expect(await stand.as("api", "GET api", "MGET api:k tracer:k")).toEqual([noKey, noKey]);
            expect(await stand.as("api", "DEL api:k")).toEqual([":1"]);
        });

        it.each([
            ["KEYS *", "keys"],
            ["SCAN 0", "scan"],
            ["FLUSHALL", "flushall"],
            ["INFO", "info"],
            ["CONFIG GET *", "config|get"],
            [reloadCommand, "config|set"],
            ["ACL LIST", "acl|list"],
            ["CLIENT LIST", "client|list"],
            ["MONITOR", "monitor"],
            ["SUBSCRIBE api:c", "subscribe"],
            ["EVAL 1 0", "eval"],
            ["FUNCTION LIST", "function|list"],
            ["MODULE LIST", "module|list"],
            ["SAVE", "save"],
            ["SHUTDOWN", "shutdown"],
            ["REPLICAOF 192.0.2.9 6379", "replicaof"],
            ["PSYNC ? -1", "psync"],
            ["SYNC", "sync"],
            ["SELECT 1", "select"],
        ])("may not %s", async (command, name) => {
            expect(await stand.as("api", command, "PING")).toEqual([
                noPermission("api", name),
                "+PONG",
            ]);
        });
    });

    it("nobody may DEBUG, whatever its rights", async () => {
        const [refusal, alive] = await stand.as("api", "DEBUG SLEEP 1", "PING");
        expect(refusal).toMatch(/^-ERR DEBUG command not allowed\./);
        expect(alive).toBe("+PONG");
    });

    it.each([
        ["probe", "GET api:1", "get"],
        ["probe", "CONFIG GET port", "config|get"],
        ["replica", "GET api:1", "get"],
        ["replica", "CONFIG GET port", "config|get"],
        ["reload", "GET api:1", "get"],
        ["reload", "ACL LIST", "acl|list"],
        ["reload", "CONFIG REWRITE", "config|rewrite"],
        ["reload", "PSYNC ? -1", "psync"],
    ])("%s may not %s", async (user, command, name) => {
        expect(await stand.as(user, command, "PING")).toEqual([noPermission(user, name), "+PONG"]);
    });

    it("keeps what could write elsewhere or load code from the one user that may change it", async () => {
        const refused = async (setting: string) => (await stand.overSocket("reload", setting))[0];
        expect(await refused("CONFIG SET dir /tmp")).toContain("can't set protected config");
        expect(await refused("CONFIG SET dbfilename x.so")).toContain("can't set protected config");
        expect(await refused("CONFIG SET enable-debug-command yes")).toContain(
            "can't set immutable",
        );
        expect(await refused("CONFIG SET tls-protocols TLSv1.3")).toBe("+OK");
    });
});

describe("the real Redis is copied", () => {
    beforeAll(async () => {
        stand = await RedisStand.start(TlsProfileName.Modern);
    });
    afterAll(() => stand.stop());

    it("by nobody without the replica's password", async () => {
        expect(await ask(stand.to(), ["PSYNC ? -1"])).toEqual(["-NOAUTH Authentication required."]);
        expect(await stand.as("api", "PSYNC ? -1")).toEqual([noPermission("api", "psync")]);
        const replica = new RedisConnection(stand.to());
        expect(await replica.command(login("replica"))).toBe("+OK");
        expect(await replica.command("PSYNC ? -1")).toMatch(/^\+FULLRESYNC [0-9a-f]{40} /);
        replica.close();
    });

    it("by another Redis, over TLS and with the password of its file", async () => {
        const atOnce = "CONFIG SET repl-diskless-sync-delay 0";
        expect(await stand.overSocket("reload", atOnce)).toEqual(["+OK"]);
        expect(await stand.as("api", "SET api:copied yes")).toEqual(["+OK"]);
        const copy = new RunningRedis({
            ...stand.settings,
            port: await freePort(),
            client: stand.client,
        });
        await copy.start(
            `--replicaof ${address()} ${stand.settings.port}`,
            "--tls-client-cert-file /etc/client-certs/tls.crt",
            "--tls-client-key-file /etc/client-certs/tls.key",
        );
        const copied = () => ask({ path: copy.socket }, [login("api"), "GET api:copied"]);
        try {
            await copy.until("it is copied", async () => (await copied()).includes("yes"));
        } finally {
            await copy.remove();
        }
    });
});
