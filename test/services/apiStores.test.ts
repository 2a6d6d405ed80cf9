import { setTimeout as sleep } from "node:timers/promises";
import { tlsProfile, TlsProfileName } from "../../components/tls/profile";
import { ask as askRedis } from "../components/redis/ask";
import { passwordOf } from "../components/redis/runningRedis";
import { TwoStores } from "./apiStores";
import { as, ask, seen, until } from "./client";
import type { Credential } from "./pki";
import { Running, verifier } from "./running";

jest.setTimeout(120_000);

const other = "app.tenant.svc";

let stores: TwoStores;
let api: Running;
let verifierClient: Credential;
let otherClient: Credential;

beforeAll(async () => {
    stores = await TwoStores.create(tlsProfile(TlsProfileName.Modern));
    await Promise.all([stores.postgres.start(), stores.redis.start()]);
    api = await Running.start({ calls: stores.calls, allowedClients: [verifier, other] });
    verifierClient = await api.pki.client(verifier);
    otherClient = await api.pki.client(other);
    await ready();
});

afterAll(async () => {
    await api.stop();
    await stores.remove();
});

/** The table is made in the background, and again and again until it is there. */
const ready = () => until(() => api.log.events("records_ready").length > 0, "the table");

const json = { "Content-Type": "application/json" };

const post = (body: string, client = verifierClient) =>
    ask({ ...as(api, client), method: "POST", path: "/v1/records", headers: json, body });

async function stored(body: string): Promise<string> {
    const answer = await post(JSON.stringify({ body }));
    if (answer.status !== 201) throw new Error(`${answer.status} ${answer.body}`);
    return (JSON.parse(answer.body) as { id: string }).id;
}

const get = (id: string, client = verifierClient) =>
    seen({ ...as(api, client), path: `/v1/records/${id}` });

const notFound = [404, { error: "not_found" }];

/** What the api's own user sees in Redis. */
const redis = async (...commands: string[]) =>
    (await askRedis(stores.dialRedis(), [`AUTH api ${passwordOf("api")}`, ...commands])).slice(1);

const sql = (text: string) => stores.postgres.sql(`\\connect llm_platform\n${text}`);

it("stores a record once it is committed, and gives it back", async () => {
    const answer = await post('{"body":"a ☃\\n\\"b\\""}');
    const { id } = JSON.parse(answer.body) as { id: string };
    expect(answer.status).toBe(201);
    expect(answer.headers.location).toBe(`/v1/records/${id}`);
    expect(await get(id)).toEqual([200, { id, body: 'a ☃\n"b"' }]);
    const row = `SELECT owner, body FROM app_user.records WHERE id = '${id}';`;
    expect(await sql(row)).toBe(`${verifier}|a ☃\n"b"`);
});

it("reads a record from the cache for a minute after it was read", async () => {
    const id = await stored("kept");
    expect(await redis(`EXISTS api:record:${id}`)).toEqual([":0"]);
    await get(id);
    await sleep(200);
    const [ttl] = await redis(`TTL api:record:${id}`);
    expect(Number(ttl?.slice(1))).toBeGreaterThan(50);
    expect(Number(ttl?.slice(1))).toBeLessThanOrEqual(60);
    await sql(`DELETE FROM app_user.records WHERE id = '${id}';`);
    expect(await get(id)).toEqual([200, { id, body: "kept" }]);
    await redis(`DEL api:record:${id}`);
    expect(await get(id)).toEqual(notFound);
});

it("reads past what is in the cache and is no record", async () => {
    const id = await stored("true");
    await redis(`SET api:record:${id} {}`);
    expect(await get(id)).toEqual([200, { id, body: "true" }]);
});

it.each(["read before", "never read"])(
    "shows a record that was %s to its owner alone",
    async (moment) => {
        const id = await stored("mine");
        if (moment === "read before") await get(id);
        await sleep(100);
        expect(await get(id, otherClient)).toEqual(notFound);
        expect(await get(id)).toEqual([200, { id, body: "mine" }]);
        const others = await post('{"body":"theirs"}', otherClient);
        const theirs = (JSON.parse(others.body) as { id: string }).id;
        expect(await get(theirs)).toEqual(notFound);
        expect(await get(theirs, otherClient)).toEqual([200, { id: theirs, body: "theirs" }]);
    },
);

it.each([
    "00000000-0000-4000-8000-000000000000",
    "1",
    "%27%20OR%201=1%20--",
    "..%2F..",
    "A0000000-0000-4000-8000-000000000000",
])("knows no record %s", async (id) => {
    expect(await get(id)).toEqual(notFound);
});

it.each<[string, string]>([
    ["no object", '"text"'],
    ["nothing", "{}"],
    ["another type", '{"body":1}'],
    ["something more", '{"body":"a","owner":"app.tenant.svc"}'],
    ["a NUL", '{"body":"a\\u0000b"}'],
    ["half a character", '{"body":"\\ud800"}'],
    ["broken JSON", "{"],
])("refuses %s", async (_case, body) => {
    const { status, body: answer } = await post(body);
    expect([status, JSON.parse(answer)]).toEqual([400, { error: "malformed" }]);
});

it("takes 60 KiB and refuses what is over 64", async () => {
    expect((await post(JSON.stringify({ body: "x".repeat(60 * 1024) }))).status).toBe(201);
    expect((await post(JSON.stringify({ body: "x".repeat(64 * 1024) }))).status).toBe(413);
});

it("stores what looks like SQL as the text that it is", async () => {
    const body = "'); DROP TABLE records; --";
    const id = await stored(body);
    expect(await get(id)).toEqual([200, { id, body }]);
});

it("goes on without Redis, and with it again once it is back", async () => {
    const id = await stored("without");
    await get(id);
    await stores.redis.stop("SIGKILL");
    expect(await get(id)).toEqual([200, { id, body: "without" }]);
    const second = await stored("while it was away");
    expect(await get(second)).toEqual([200, { id: second, body: "while it was away" }]);
    await stores.redis.start();
    const back = Date.now();
    while ((await redis(`EXISTS api:record:${second}`))[0] !== ":1") {
        expect(Date.now() - back).toBeLessThan(30_000);
        await get(second);
        await sleep(100);
    }
});

it("says that PostgreSQL is away and no more, serves the rest, and loses nothing", async () => {
    const ids = await Promise.all(["a", "b", "c"].map(stored));
    await stores.postgres.end();
    const answer = await post('{"body":"lost"}');
    expect([answer.status, answer.headers["retry-after"], JSON.parse(answer.body)]).toEqual([
        503,
        "1",
        { error: "store_unavailable" },
    ]);
    expect(await get(ids[0] ?? "")).toEqual([503, { error: "store_unavailable" }]);
    expect((await seen({ ...as(api, verifierClient), path: "/v1/whoami" }))[0]).toBe(200);
    await stores.postgres.start();
    const back = Date.now();
    while ((await post('{"body":"again"}')).status !== 201) {
        expect(Date.now() - back).toBeLessThan(30_000);
        await sleep(100);
    }
    for (const [index, id] of ids.entries())
        expect(await get(id)).toEqual([200, { id, body: "abc"[index] }]);
});

it("starts without its stores, and uses them once they are there", async () => {
    await stores.postgres.end();
    const early = await Running.start({ calls: stores.calls });
    try {
        const client = as(early, await early.pki.client(verifier));
        const create = { ...client, method: "POST", path: "/v1/records", headers: json };
        expect((await seen({ ...client, path: "/v1/whoami" }))[0]).toBe(200);
        expect(await seen({ ...create, body: '{"body":"early"}' })).toEqual([
            503,
            { error: "store_unavailable" },
        ]);
        await stores.postgres.start();
        await until(() => early.log.events("records_ready").length > 0, "the table");
        expect((await seen({ ...create, body: '{"body":"early"}' }))[0]).toBe(201);
    } finally {
        await early.stop();
    }
});

it("has no routes to records where it is told of no stores", async () => {
    const bare = await Running.start();
    try {
        const client = as(bare, await bare.pki.client(verifier));
        const create = { ...client, method: "POST", path: "/v1/records", headers: json };
        expect(await seen({ ...create, body: '{"body":"a"}' })).toEqual(notFound);
        expect((await seen({ ...client, path: "/v1/whoami" }))[0]).toBe(200);
    } finally {
        await bare.stop();
    }
});

it("writes no password and nothing of a record into its log", () => {
    const text = JSON.stringify(api.log.lines);
    expect(text).toContain('"event":"request"');
    expect(text).toContain("store_unavailable");
    for (const secret of [...stores.passwords, "while it was away", "theirs", "DROP TABLE"])
        expect(text).not.toContain(secret);
    expect(text).not.toMatch(/\n {4}at |\.ts:\d/);
});
