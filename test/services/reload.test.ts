import { renameSync, rmSync, writeFileSync } from "node:fs";
import { Agent } from "node:https";
import { createSecureContext } from "node:tls";
import { X509Certificate } from "node:crypto";
import { as, ask, refusal, until } from "./client";
import { ReloadingCertificate } from "../../services/tls";
import { Mount } from "./mount";
import { type Credential, hour } from "./pki";
import { MemoryLog, pair, profile, prometheus, Running, serverName, verifier } from "./running";

let running: Running;
let verifierClient: Credential;
let now: Date;

beforeEach(async () => {
    now = new Date();
    running = await Running.start({ clock: () => now });
    verifierClient = await running.pki.client(verifier);
});

afterEach(() => running.stop());

const fingerprint = ({ certificate }: { certificate: string }) =>
    new X509Certificate(certificate).fingerprint256.replaceAll(":", "").toLowerCase();

const newLeaf = () => running.pki.leaf({ names: [serverName] });

async function metrics(): Promise<string> {
    const client = await running.pki.client(prometheus);
    const { status, body } = await ask({
        ...as(running, client),
        port: running.service.metricsPort,
        path: "/metrics",
    });
    expect(status).toBe(200);
    return body;
}

/** What a new connection is shown, seen by the client. */
function served(): Promise<string> {
    return new Promise((resolve, reject) => {
        let seen = "";
        ask({
            ...as(running, verifierClient),
            path: "/healthz",
            checkServerIdentity: (_host, certificate) => {
                seen = certificate.fingerprint256.replaceAll(":", "").toLowerCase();
                return undefined;
            },
        }).then(() => {
            resolve(seen);
        }, reject);
    });
}

it("serves a pair that the kubelet swaps in, on both ports, and says so", async () => {
    expect(await served()).toBe(fingerprint(running.served));
    const next = await newLeaf();
    running.certificates.write(pair(next));
    await until(() => running.log.events("tls_reloaded").length === 1, "the reload");
    expect(await served()).toBe(fingerprint(next));
    const text = await metrics();
    const notAfter = new X509Certificate(next.certificate).validToDate.getTime() / 1000;
    expect(text).toMatch(/^tls_reloads_total 1$/m);
    expect(text).toMatch(/^tls_reload_failures_total 0$/m);
    expect(text).toMatch(new RegExp(`^ssl_certificate_expiry_seconds ${notAfter}$`, "m"));
    const labels = [...text.matchAll(/^tls_certificate_info\{fingerprint_sha256="(\w+)"/gm)];
    expect(labels.map((match) => match[1])).toEqual([fingerprint(next)]);
});

it("fails no request on 50 connections while ten pairs are swapped in", async () => {
    const agent = new Agent({ keepAlive: true, maxSockets: 50 });
    const sockets = new Set<unknown>();
    let answered = 0;
    let going = true;
    const load = Array.from({ length: 50 }, async () => {
        while (going) {
            const { status } = await ask({
                ...as(running, verifierClient),
                path: "/v1/whoami",
                agent,
            });
            expect(status).toBe(200);
            answered++;
            Object.values(agent.freeSockets).forEach((free) =>
                free?.forEach((socket) => sockets.add(socket)),
            );
            await new Promise((resolve) => setTimeout(resolve, 10));
        }
    });
    const newcomer = async () => {
        while (going)
            expect((await ask({ ...as(running, verifierClient), path: "/v1/whoami" })).status).toBe(
                200,
            );
    };
    load.push(newcomer());
    for (let swaps = 1; swaps <= 10; swaps++) {
        running.certificates.write(pair(await newLeaf()));
        await until(() => running.log.events("tls_reloaded").length === swaps, `swap ${swaps}`);
    }
    going = false;
    await Promise.all(load);
    agent.destroy();
    expect(answered).toBeGreaterThan(250);
    // Nobody had to connect again.
    expect(sockets.size).toBe(50);
    expect(running.log.events("tls_reload_failed")).toEqual([]);
});

it("keeps the old pair where key and certificate differ, and counts each bad content once", async () => {
    const [one, two] = [await newLeaf(), await newLeaf()];
    running.certificates.write({ "tls.crt": one.chain, "tls.key": two.key });
    await until(() => running.log.events("tls_reload_failed").length === 1, "the failure");
    running.service.certificate.check();
    running.service.certificate.check();
    expect(running.log.events("tls_reload_failed")).toEqual([
        {
            event: "tls_reload_failed",
            reason: "tls.key does not belong to the leaf in tls.crt",
            message: "certificate not reloaded, the old one stays",
        },
    ]);
    expect(await served()).toBe(fingerprint(running.served));
    expect(await metrics()).toMatch(/^tls_reload_failures_total 1$/m);

    running.certificates.write({ "tls.crt": two.chain, "tls.key": one.key });
    await until(() => running.log.events("tls_reload_failed").length === 2, "the second failure");
    expect(await metrics()).toMatch(/^tls_reload_failures_total 2$/m);

    running.certificates.write(pair(two));
    await until(() => running.log.events("tls_reloaded").length === 1, "the repair");
    expect(await served()).toBe(fingerprint(two));
});

it("keeps the old pair where a file is gone", async () => {
    rmSync(running.certificates.path("tls.key"));
    await until(() => running.log.events("tls_reload_failed").length === 1, "the failure");
    expect(running.log.events("tls_reload_failed")[0]?.reason).toMatch(/^ENOENT/);
    expect(await served()).toBe(fingerprint(running.served));
});

it("takes a pair that was not valid yet as soon as it is", async () => {
    const early = await running.pki.leaf({
        names: [serverName],
        notBefore: new Date(now.getTime() + hour),
    });
    running.certificates.write(pair(early));
    await until(() => running.log.events("tls_reload_failed").length === 1, "the failure");
    expect(running.log.events("tls_reload_failed")[0]?.reason).toMatch(/is not valid before/);
    now = new Date(now.getTime() + 2 * hour);
    running.service.certificate.check();
    expect(running.service.certificate.current.leaf.fingerprint256).toBe(
        new X509Certificate(early.certificate).fingerprint256,
    );
});

it("believes a client of a root that joins the bundle, and no longer one of a root that leaves it", async () => {
    const next = await running.pki.successor();
    const nextClient = await next.client(verifier);
    const ask200 = async (client: Credential) =>
        (await ask({ ...as(running, client), path: "/healthz" })).status;
    expect(await refusal({ ...as(running, nextClient), path: "/healthz" })).toBe("ECONNRESET");

    running.trust.write({ "ca.crt": running.pki.root.certificate + next.root.certificate });
    await until(() => running.log.events("tls_reloaded").length === 1, "the new root");
    expect([await ask200(nextClient), await ask200(verifierClient)]).toEqual([204, 204]);

    running.certificates.write(pair(await next.leaf({ names: [serverName] })));
    await until(() => running.log.events("tls_reloaded").length === 2, "the new issuer");
    running.trust.write({ "ca.crt": next.root.certificate });
    await until(() => running.log.events("tls_reloaded").length === 3, "the old root's end");
    const trusting = { ca: next.root.certificate };
    expect((await ask({ ...as(running, nextClient), ...trusting, path: "/healthz" })).status).toBe(
        204,
    );
    expect(await refusal({ ...as(running, verifierClient), ...trusting, path: "/healthz" })).toBe(
        "ECONNRESET",
    );
});

it("writes no part of a key into the log or the metrics", async () => {
    const planted = await newLeaf();
    const body = planted.key.split("\n")[1] ?? "";
    expect(body.length).toBeGreaterThan(40);
    expect(() => createSecureContext({ key: planted.key })).not.toThrow();
    const bad = [
        { "tls.crt": planted.key, "tls.key": planted.key },
        { "tls.crt": running.served.chain, "tls.key": planted.key },
        { "tls.crt": planted.chain, "tls.key": planted.key.replace("MIG", "AAA") },
    ];
    for (const [index, files] of bad.entries()) {
        running.certificates.write(files);
        await until(
            () => running.log.events("tls_reload_failed").length === index + 1,
            `failure ${index}`,
        );
    }
    running.certificates.write(pair(planted));
    await until(() => running.log.events("tls_reloaded").length === 1, "the reload");
    const written = JSON.stringify(running.log.lines) + (await metrics());
    expect(written).toContain("tls_reload_failed");
    expect(written).not.toContain(body);
    expect(written).not.toContain(body.slice(-32));
    expect(written).not.toContain("PRIVATE KEY");
});

it("looks at the files even where no event comes", async () => {
    const log = new MemoryLog();
    const next = await newLeaf();
    const mount = new Mount(pair(running.served));
    const certificate = new ReloadingCertificate({
        files: { certificateDirectory: mount.directory, trustFile: running.trust.path("ca.crt") },
        policy: profile,
        metrics: { serving: jest.fn(), reloaded: jest.fn(), failed: jest.fn() },
        log,
        clock: () => now,
        pollMs: 20,
    });
    certificate.watch();
    // Another directory takes the place of the one that is watched, which no event of the old one tells.
    renameSync(mount.directory, `${mount.directory}-old`);
    const other = new Mount(pair(next));
    renameSync(other.directory, mount.directory);
    await until(() => log.events("tls_reloaded").length === 1, "the reload");
    expect(fingerprint({ certificate: certificate.current.content.certificate })).toBe(
        fingerprint(next),
    );
    certificate.close();
    mount.remove();
    rmSync(`${mount.directory}-old`, { recursive: true });
});

it("does not lose sight of files that are rewritten in place", async () => {
    const next = await newLeaf();
    // Not atomic: between the two writes the pair does not fit.
    writeFileSync(running.certificates.path("tls.crt"), next.chain);
    writeFileSync(running.certificates.path("tls.key"), next.key);
    running.service.certificate.check();
    expect(await served()).toBe(fingerprint(next));
});
