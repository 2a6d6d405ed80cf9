import { X509Certificate } from "node:crypto";
import { connect as connectTls } from "node:tls";
import { ask, until } from "../client";
import type { Credential } from "../pki";
import { pair, prometheus, verifier } from "../running";
import { bearer, event, open, seen, tokenFor } from "./conversation";
import { claimsFor, Issuer, keySet } from "./issuer";
import { RunningTracer, serverName } from "./runningTracer";

let running: RunningTracer;
let client: Credential;

beforeEach(async () => {
    running = await RunningTracer.start();
    client = await running.pki.client(verifier);
});

afterEach(() => running.stop());

const writeKeys = (text: string) => {
    running.mounts.jwks.write({ "jwks.json": text });
};
const reloads = (count: number) =>
    until(() => running.log.events("jwks_reloaded").length === count, `key set ${count + 1}`);
const invalid = [401, { error: "token_invalid" }];

async function metric(name: string): Promise<string | undefined> {
    const monitor = await running.pki.client(prometheus);
    const { body } = await ask({
        ...running.as(monitor),
        port: running.service.metricsPort,
        path: "/metrics",
    });
    return new RegExp(`^${name} (.+)$`, "m").exec(body)?.[1];
}

it("takes the next key, then drops the old one, without a restart", async () => {
    const next = new Issuer("key-2");
    const byOld = tokenFor(running, client);
    const byNext = bearer(next.token(claimsFor(client, { jti: "token-2" })));
    const old = await open(running, client, { headers: byOld });
    expect(await seen(running, client, { headers: byNext })).toEqual(invalid);

    writeKeys(keySet(running.issuer, next));
    await reloads(1);
    const fresh = await open(running, client, { headers: byNext });
    expect(await old.ask(event())).toBe('{"ack":1}');
    expect(await seen(running, client, { headers: byOld })).toEqual([101, ""]);
    expect(await metric("jwks_keys")).toBe("2");

    writeKeys(keySet(next));
    await reloads(2);
    expect(await old.ended).toEqual({ code: 4401, reason: "key_withdrawn" });
    expect(await seen(running, client, { headers: byOld })).toEqual(invalid);
    expect(await fresh.ask(event())).toBe('{"ack":1}');
    expect(await metric("jwks_reloads_total")).toBe("2");
    expect(running.log.events("jwks_reloaded").map(({ keyIds }) => keyIds)).toEqual([
        ["key-1", "key-2"],
        ["key-2"],
    ]);
});

it("does not take a key for another under the same kid", async () => {
    const impostor = new Issuer("key-1");
    const open1 = await open(running, client, { headers: tokenFor(running, client) });
    writeKeys(keySet(impostor));
    await reloads(1);
    expect(await seen(running, client, { headers: tokenFor(running, client) })).toEqual(invalid);
    expect(await open1.ended).toEqual({ code: 4401, reason: "key_withdrawn" });
});

it("keeps the keys where the new file is none, counts it once, and shows no key", async () => {
    const leaked = running.issuer.privateJwk;
    const socket = await open(running, client, { headers: tokenFor(running, client) });
    writeKeys(JSON.stringify({ keys: [leaked] }));
    const failures = () => running.log.events("jwks_reload_failed");
    await until(() => failures().length === 1, "the refusal");
    running.service.keys.check();
    running.service.keys.check();
    expect(failures()).toHaveLength(1);
    expect(failures()[0]?.reason).toBe(
        'keys[0] has the member "d" of a private or shared key; replace the key pair',
    );
    expect(JSON.stringify(running.log.lines)).not.toContain(String(leaked.d));
    expect(await metric("jwks_reload_failures_total")).toBe("1");
    expect(await socket.ask(event())).toBe('{"ack":1}');
    expect(await seen(running, client, { headers: tokenFor(running, client) })).toEqual([101, ""]);

    writeKeys("{");
    await until(() => failures().length === 2, "the second refusal");
    expect(failures()[1]?.reason).toBe("expected JSON");
    const next = new Issuer("key-2");
    writeKeys(keySet(running.issuer, next));
    await reloads(1);
    const headers = bearer(next.token(claimsFor(client)));
    expect(await seen(running, client, { headers })).toEqual([101, ""]);
    expect(await socket.ask(event())).toBe('{"ack":2}');
});

it("lets nobody in by an empty set", async () => {
    writeKeys('{"keys":[]}');
    await reloads(1);
    expect(await seen(running, client, { headers: tokenFor(running, client) })).toEqual(invalid);
    expect(await metric("jwks_keys")).toBe("0");
});

it("serves a renewed certificate to the next client while an open socket goes on", async () => {
    const headers = tokenFor(running, client);
    const old = await open(running, client, { headers });
    expect(await old.ask(event())).toBe('{"ack":1}');
    const before = await servedSerial();

    const renewed = await running.pki.leaf({ names: [serverName] });
    running.mounts.certificates.write(pair(renewed));
    await until(() => running.log.events("tls_reloaded").length === 1, "the reload");

    expect(await old.ask(event())).toBe('{"ack":2}');
    expect(await seen(running, client, { headers })).toEqual([101, ""]);
    const after = await servedSerial();
    expect(after).toBe(new X509Certificate(renewed.certificate).serialNumber);
    expect(after).not.toBe(before);
    expect(await old.ask(event())).toBe('{"ack":3}');
    await old.leave();
});

function servedSerial(): Promise<string> {
    return new Promise((resolve, reject) => {
        const socket = connectTls(running.as(client), () => {
            resolve(socket.getPeerX509Certificate()?.serialNumber ?? "none");
            socket.destroy();
        });
        socket.on("error", reject);
    });
}
