import { once } from "node:events";
import { connect, type ConnectionOptions } from "node:tls";
import { renderRedisConf } from "../../../components/redis/redisConf";
import { tlsProfile, TlsProfileName } from "../../../components/tls/profile";
import { ask } from "./ask";
import { address, clientOf, login, RedisStand, serverOf } from "./redisStand";

jest.setTimeout(60_000);

let stand: RedisStand;

/** What OpenSSL has and the profile has not. */
const outside = {
    [TlsProfileName.Modern]: { group: "secp521r1", suite: "TLS_AES_128_CCM_SHA256" },
    [TlsProfileName.Fips]: { group: "X25519", suite: "TLS_CHACHA20_POLY1305_SHA256" },
};

describe.each(Object.values(TlsProfileName))("the real Redis in profile %s", (name) => {
    beforeAll(async () => {
        stand = await RedisStand.start(name);
    });
    afterAll(() => stand.stop());

    it("has every setting of the file, word by word", async () => {
        const lines = renderRedisConf(stand.settings).trimEnd().split("\n").slice(1);
        const names = lines.map((line) => line.split(" ", 1)[0] ?? "");
        const answers = await stand.overSocket(
            "reload",
            ...names.map((one) => `CONFIG GET ${one}`),
        );
        const values = names.map((one, index) => `${one} ${answers[index * 5 + 4] ?? "absent"}`);
        expect(values).toEqual(lines.map((line) => line.replace('""', "")));
    });

    it.each(tlsProfile(name).groups)("agrees on the group %s", async (ecdhCurve) => {
        expect(await ask(stand.to({ ecdhCurve }), [login("api")])).toEqual(["+OK"]);
    });

    it.each(tlsProfile(name).cipherSuites)("agrees on the suite %s", async (ciphers) => {
        expect(await ask(stand.to({ ciphers }), [login("api")])).toEqual(["+OK"]);
    });

    it.each<[string, () => Promise<ConnectionOptions> | ConnectionOptions, number]>([
        ["TLS 1.2", () => ({ minVersion: "TLSv1.2", maxVersion: "TLSv1.2" }), 70],
        ["a group outside the profile", () => ({ ecdhCurve: outside[name].group }), 40],
        ["a suite outside the profile", () => ({ ciphers: outside[name].suite }), 40],
        ["no certificate", () => ({ cert: undefined, key: undefined }), 116],
        ["another authority's certificate", () => clientOf(stand.stranger), 48],
        ["a server's certificate", () => serverOf(stand.authority), 43],
    ])("refuses a handshake with %s", async (_case, changes, alert) => {
        const refused = ask(stand.to(await changes()), [login("api")]);
        await expect(refused).rejects.toThrow(`SSL alert number ${alert}`);
        expect(await ask(stand.to(), [login("api")])).toEqual(["+OK"]);
    });

    it("does not answer in plaintext", async () => {
        const plain = ask({ host: address(), port: stand.settings.port }, ["PING", login("api")]);
        const seen = await plain.catch((error: unknown) => [(error as NodeJS.ErrnoException).code]);
        expect([[], ["ECONNRESET"]]).toContainEqual(seen);
        expect(await stand.as("api", "PING")).toEqual(["+PONG"]);
    });

    it("lets nobody in by a session of before: a ticket is answered by a whole handshake", async () => {
        const first = connect(stand.to());
        const [session] = (await once(first, "session")) as [Buffer];
        first.destroy();
        const again = connect(stand.to({ session }));
        await once(again, "secureConnect");
        expect(again.isSessionReused()).toBe(false);
        again.destroy();
        const nameless = stand.to({ session, cert: undefined, key: undefined });
        await expect(ask(nameless, [login("api")])).rejects.toThrow("SSL alert number 116");
        expect(await ask(stand.to({ session }), [login("api")])).toEqual(["+OK"]);
    });
});
