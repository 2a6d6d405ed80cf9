import { runChecks } from "../../verify/check";
import { redisChecks, redisHop } from "../../verify/hops/redis";
import type { Credentials, InsideHop } from "../../verify/hop";
import type { Common } from "../../verify/settings";
import { at, commonOf, lookAt, serverOf } from "./hops";
import { makePki, type TestPki } from "./pki";
import { startRedis, startWeakRedis } from "./stores";

jest.setTimeout(60_000);

const host = "redis.llm-platform-data.svc";

let pki: TestPki;
let common: Common;
let server: Credentials;
const stops: (() => Promise<void>)[] = [];

beforeAll(async () => {
    pki = await makePki();
    common = await commonOf(pki);
    server = await pki.issue({ names: [host, `${host}.cluster.local`] });
});

afterAll(async () => {
    for (const stop of stops) await stop();
});

const hopAt = (port: number): InsideHop =>
    at(redisHop(common, serverOf(host, 6380, server)), { host: "127.0.0.1", port });

const look = (id: string, hop: InsideHop) => lookAt(redisChecks, id, hop);

it("passes every check as the platform configures it", async () => {
    const redis = await startRedis({ server, root: pki.root });
    stops.push(redis.stop);
    const results = await runChecks(hopAt(redis.port), redisChecks);
    expect(results.filter(({ outcome }) => outcome !== "pass")).toEqual([]);
    const seen = Object.fromEntries(results.map((result) => [result.id, result.seen]));
    expect(seen).toMatchObject({
        "client-certificate-accepted": "-NOAUTH Authentication required.",
        "default-user-refused": "-NOAUTH, -WRONGPASS",
    });
});

describe("a Redis that lets everybody in", () => {
    let weak: { readonly tls: InsideHop; readonly plain: InsideHop };

    beforeAll(async () => {
        const redis = await startWeakRedis({ server, root: pki.root });
        stops.push(redis.stop);
        weak = { tls: hopAt(redis.tlsPort), plain: hopAt(redis.plainPort) };
    });

    it.each([
        ["tls12-refused", "accepted, as TLS 1.2"],
        ["client-certificate-demanded", "+PONG"],
        ["other-ca-refused", "+PONG"],
        ["default-user-refused", "+PONG, +OK"],
        ["cipher-suites", "TLS_AES_128_GCM_SHA256"],
    ])("fails %s", async (id, seen) => {
        expect(await look(id, weak.tls)).toEqual({ outcome: "fail", seen });
    });

    it.each(["groups", "no-session-tickets"])("fails %s, left to OpenSSL", async (id) => {
        expect(await look(id, weak.tls)).toMatchObject({ outcome: "fail" });
    });

    it("fails plaintext-refused", async () => {
        expect(await look("plaintext-refused", weak.plain)).toEqual({
            outcome: "fail",
            seen: "+PONG",
        });
    });
});
