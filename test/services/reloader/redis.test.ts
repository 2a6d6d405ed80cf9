import { createHash, X509Certificate } from "node:crypto";
import { readFileSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import { Redis } from "ioredis";
import { podPaths } from "../../../components/kubernetes/mounts";
import { redisPaths, renderRedisConf } from "../../../components/redis/redisConf";
import { pair, profile, verifier } from "../running";
import { freePort, Pod, RunningDaemon, until } from "./daemons";
import { fingerprint, servedAt, Sidecar } from "./sidecar";

jest.setTimeout(60_000);

const name = "redis.llm-platform-data.svc";
const password = "reload-password-of-the-test";

let pod: Pod;
let redis: RunningDaemon;
let sidecar: Sidecar;
let port: number;
let socket: string;
let passwordFile: string;
let configFile: string;
let session: Redis;

beforeAll(async () => {
    pod = await Pod.create(name);
    port = await freePort();
    socket = pod.path("redis.sock");
    passwordFile = pod.write("password", password);
    configFile = pod.write("redis.conf", configuration());
    redis = new RunningDaemon(pod, `exec redis-server ${configFile}`, pod.path("pid"), "SIGTERM");
});

/** The component's own file with this pod's paths, and lines that it has not but could have. */
function configuration(): string {
    const paths: Readonly<Record<string, string>> = {
        [podPaths.certificate]: pod.certificates.path("tls.crt"),
        [podPaths.privateKey]: pod.certificates.path("tls.key"),
        [podPaths.trustBundle]: pod.trust.path("ca.crt"),
        [redisPaths.socket]: socket,
        [redisPaths.data]: pod.folder,
        [redisPaths.users]: pod.write("users.conf", users),
    };
    const rendered = renderRedisConf({ profile, port, maxMemoryMiB: 64 }).split("\n");
    const lines = rendered.map((line) => {
        const [name = "", value = ""] = line.split(" ");
        return value in paths ? `${name} ${paths[value]}` : line;
    });
    return [...lines, ...more, `pidfile ${pod.path("pid")}`, ""].join("\n");
}

const more = [
    "# A comment, and an empty line.",
    "",
    "repl-backlog-size 4mb",
    "masteruser replica",
    "masterauth secret-of-replication",
];

const hashOf = (text: string) => createHash("sha256").update(text).digest("hex");

const users = `
user default off
user api on nopass ~* +@all
user reload on #${hashOf(password)} resetkeys resetchannels -@all +config|get +config|set +ping
`;

beforeEach(async () => {
    session = new Redis({
        host: "127.0.0.1",
        port,
        username: "api",
        password: "any",
        lazyConnect: true,
        tls: {
            ca: pod.pki.root.certificate,
            servername: name,
            ...(({ chain, key }) => ({ cert: chain, key }))(await pod.pki.client(verifier)),
        },
    });
    session.on("error", () => undefined);
});

afterEach(() => {
    session.disconnect();
});

afterAll(async () => {
    await sidecar.stop();
    await redis.stop();
    pod.remove();
});

const startSidecar = async () => {
    sidecar = await Sidecar.start(pod, {
        kind: "redis",
        socket,
        user: "reload",
        passwordFile,
        configFile,
    });
};

const served = () => servedAt(port);
const isIssued = async () => (await sidecar.value("tls_served_is_issued")) === 1;
const reloads = () => sidecar.value("tls_reloads_total");
const failures = () => sidecar.value("tls_reload_failures_total");
const newLeaf = () => pod.pki.leaf({ names: [name] });
const drift = (key: string) => sidecar.value(`redis_config_drift{key="${key}"}`);

/** How often the daemon was told, as it counts itself. */
async function sets(): Promise<number> {
    const text = await session.info("commandstats");
    return Number(/cmdstat_config\|set:calls=(\d+)/.exec(text)?.[1] ?? 0);
}

it("waits for a daemon that is not there yet, without a failure", async () => {
    await startSidecar();
    await until("it waits", () => sidecar.log.events("daemon_away").length > 0);
    expect(await sidecar.value("tls_served_is_issued")).toBe(0);
    expect(await drift("port")).toBeUndefined();
    redis.start();
    await until("it is met", isIssued);
    expect([await reloads(), await failures()]).toEqual([0, 0]);
});

it("finds no drift in a daemon that runs with its file, and asks for no secret", async () => {
    await until("it has looked", async () => (await drift("port")) !== undefined);
    const shown = (await sidecar.metrics()).match(/^redis_config_drift\{.+$/gm) ?? [];
    expect(shown.filter((line) => !line.endsWith(" 0"))).toEqual([]);
    const keys = shown.map((line) => /"(.+)"/.exec(line)?.[1]);
    const named = readFileSync(configFile, "utf8").match(/^(?!include|masterauth)[a-z-]+/gm);
    expect(keys).toEqual(named);
    expect(keys).toContain("tls-ciphersuites");
});

it("serves a new pair within seconds, without ending a session", async () => {
    await session.set("key", "kept");
    const id = await session.client("ID");
    const next = await newLeaf();
    pod.certificates.write(pair(next));
    await until("it is counted", async () => (await reloads()) === 1, 5);
    expect(await served()).toBe(fingerprint(next));
    expect([await session.get("key"), await session.client("ID")]).toEqual(["kept", id]);
    const { validToDate } = new X509Certificate(next.certificate);
    expect(await sidecar.value("tls_served_is_issued")).toBe(1);
    expect(await sidecar.value("ssl_certificate_expiry_seconds")).toBe(
        validToDate.getTime() / 1000,
    );
});

it("keeps the old pair where the new one does not fit, counts that once, and takes the repaired one", async () => {
    const before = [await served(), await sets()];
    const [one, two] = [await newLeaf(), await newLeaf()];
    pod.certificates.write({ ...pair(one), "tls.key": two.key });
    await until("it is counted", async () => (await failures()) === 1, 5);
    await sleep(2_500);
    expect([await served(), await sets()]).toEqual(before);
    expect(await failures()).toBe(1);
    pod.certificates.write(pair(two));
    await until("it is served", async () => (await served()) === fingerprint(two), 5);
    await until("it is issued", isIssued, 5);
    expect(await failures()).toBe(1);
});

it("sees that somebody set a parameter, by its name alone, still reloads, and sees that it was set back", async () => {
    await session.config("SET", "tls-protocols", "TLSv1.2 TLSv1.3", "masterauth", "stolen");
    await until("it is seen", async () => (await drift("tls-protocols")) === 1, 5);
    expect(await drift("tls-ciphersuites")).toBe(0);
    expect(sidecar.log.events("redis_config_drift")).toEqual([
        {
            event: "redis_config_drift",
            keys: ["tls-protocols"],
            message: "redis does not run with its redis.conf",
        },
    ]);
    const next = await newLeaf();
    pod.certificates.write(pair(next));
    await until("it is served", async () => (await served()) === fingerprint(next), 5);
    await session.config("SET", "tls-protocols", "TLSv1.3");
    await until("it is gone", async () => (await drift("tls-protocols")) === 0, 5);
    expect(sidecar.log.events("redis_config_drift")).toHaveLength(2);
});

it("sees that somebody let other authorities in, and that they are out again", async () => {
    await session.config("SET", "tls-ca-cert-dir", pod.folder);
    await until("it is seen", async () => (await drift("tls-ca-cert-dir")) === 1, 5);
    expect(await drift("tls-ca-cert-file")).toBe(0);
    await session.config("SET", "tls-ca-cert-dir", "");
    await until("it is gone", async () => (await drift("tls-ca-cert-dir")) === 0, 5);
});

it("puts back a certificate that somebody set", async () => {
    const other = await newLeaf();
    const files = [pod.write("other.crt", other.chain), pod.write("other.key", other.key)] as const;
    await session.config("SET", "tls-cert-file", files[0], "tls-key-file", files[1]);
    expect(await served()).toBe(fingerprint(other));
    await until("it is put back", async () => (await served()) !== fingerprint(other), 5);
    await until("it is issued", isIssued, 5);
    expect(await drift("tls-cert-file")).toBe(0);
});

it("tells nothing after a restart of its own where nothing has changed", async () => {
    const before = await sets();
    await sidecar.stop();
    await startSidecar();
    await until("it looks", isIssued, 5);
    await sleep(2_500);
    expect(await sets()).toBe(before);
    expect(await reloads()).toBe(0);
});

it("says that a daemon which ended serves nothing, and meets its successor", async () => {
    await redis.stop();
    await until("it is missed", async () => !(await isIssued()), 5);
    expect(await drift("port")).toBeUndefined();
    const next = await newLeaf();
    pod.certificates.write(pair(next));
    await sleep(1_500);
    redis.start();
    await until("it is met", isIssued);
    expect(await served()).toBe(fingerprint(next));
    expect(await failures()).toBe(0);
});

it("says once that its password is refused, keeps the old pair, and goes on where the password is right", async () => {
    const before = await served();
    pod.write("password", "guess-of-the-test");
    const next = await newLeaf();
    pod.certificates.write(pair(next));
    await until("it is counted", async () => (await failures()) === 1, 5);
    await sleep(2_500);
    expect(sidecar.log.events("daemon_fault")).toEqual([
        {
            event: "daemon_fault",
            reason: `redis refuses user "reload" with the password of ${passwordFile}; set both as the daemon's users have them`,
            message: "the daemon is not as it should be",
        },
    ]);
    expect([await served(), await failures()]).toEqual([before, 1]);
    expect(await sidecar.value("tls_served_is_issued")).toBe(0);
    expect(await drift("port")).toBeUndefined();
    pod.write("password", `${password}\n`);
    await until("it is served", async () => (await served()) === fingerprint(next), 5);
    await until("it is issued", isIssued, 5);
});

it("shows metrics to the monitor alone, and no secret there or in a log", async () => {
    expect(await sidecar.metrics()).toContain("tls_served_is_issued 1");
    expect((await sidecar.read(await pod.pki.client(verifier))).status).toBe(403);
    const written = JSON.stringify(sidecar.log.lines) + (await sidecar.metrics()) + redis.log;
    expect(written).toContain("daemon_fault");
    expect(written).not.toMatch(/reload-password|guess-of|secret-of|stolen|PRIVATE KEY/);
});
