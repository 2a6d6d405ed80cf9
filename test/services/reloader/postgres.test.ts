import { spawn } from "node:child_process";
import { X509Certificate } from "node:crypto";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { Client } from "pg";
import type { ReloaderConfig } from "../../../services/reloader/config";
import type { Credential } from "../pki";
import { pair, verifier } from "../running";
import { freePort, Pod, RunningDaemon, until } from "./daemons";
import { fingerprint, servedAt, Sidecar } from "./sidecar";

jest.setTimeout(60_000);

const name = "postgres.llm-platform-data.svc";
const programs = "/usr/lib/postgresql/17/bin";

let pod: Pod;
let postgres: RunningDaemon;
let sidecar: Sidecar;
let port: number;
let pidFile: string;

beforeAll(async () => {
    pod = await Pod.create(name);
    port = await freePort();
    const data = pod.path("data");
    pidFile = join(data, "postmaster.pid");
    const conf = pod.write("postgresql.conf", configuration());
    const initdb = `${programs}/initdb --no-sync -U postgres -A reject -D ${data} >/dev/null`;
    postgres = new RunningDaemon(
        pod,
        `[ -d ${data} ] || ${initdb}; exec ${programs}/postgres -D ${data} -c config_file=${conf}`,
        pidFile,
        "SIGINT",
    );
});

const open = "hostssl all all 127.0.0.1/32 trust\n";

const configuration = () => `
listen_addresses = '127.0.0.1'
port = ${port}
unix_socket_directories = ''
fsync = off
log_connections = on
hba_file = '${pod.write("pg_hba.conf", open)}'
ssl = on
ssl_min_protocol_version = 'TLSv1.3'
ssl_cert_file = '${pod.certificates.path("tls.crt")}'
ssl_key_file = '${pod.certificates.path("tls.key")}'
ssl_ca_file = '${pod.trust.path("ca.crt")}'
`;

afterAll(async () => {
    await sidecar.stop();
    await postgres.stop();
    pod.remove();
});

const startSidecar = async (changes: Partial<ReloaderConfig> = {}) => {
    sidecar = await Sidecar.start(pod, { kind: "postgres", pidFile }, changes);
};

const restartSidecar = async () => {
    await sidecar.stop();
    await startSidecar();
};

/** A session, with or without a client certificate. */
async function connect(client?: Credential): Promise<Client> {
    const ssl = {
        ca: pod.pki.root.certificate,
        servername: name,
        ...(client && { cert: client.chain, key: client.key }),
    };
    const session = new Client({
        host: "127.0.0.1",
        port,
        user: "postgres",
        database: "postgres",
        ssl,
    });
    await session.connect();
    return session;
}

const served = () => servedAt(port, "-starttls", "postgres");
const isIssued = async () => (await sidecar.value("tls_served_is_issued")) === 1;
const hups = () => postgres.log.split("received SIGHUP").length - 1;
const failures = () => sidecar.value("tls_reload_failures_total");
const newLeaf = () => pod.pki.leaf({ names: [name] });

it("waits for a server that is not there yet, without a failure", async () => {
    await startSidecar();
    await until("it waits", () => sidecar.log.events("daemon_away").length > 0);
    expect(await sidecar.value("tls_served_is_issued")).toBe(0);
    postgres.start();
    await until("it is met", isIssued);
    expect(sidecar.log.events("daemon_away").length).toBeLessThan(4);
    expect(await sidecar.value("tls_reloads_total")).toBe(0);
    expect(await sidecar.value("tls_reload_failures_total")).toBe(0);
});

it("serves a new pair within seconds, without ending a session", async () => {
    const session = await connect();
    const next = await newLeaf();
    pod.certificates.write(pair(next));
    await until("it is counted", async () => (await sidecar.value("tls_reloads_total")) === 1, 5);
    expect(await served()).toBe(fingerprint(next));
    expect((await session.query("SELECT 1 AS one")).rows).toEqual([{ one: 1 }]);
    await session.end();
    const { validToDate } = new X509Certificate(next.certificate);
    expect(await sidecar.value("tls_served_is_issued")).toBe(1);
    expect(await sidecar.value("ssl_certificate_expiry_seconds")).toBe(
        validToDate.getTime() / 1000,
    );
    expect(await sidecar.value("tls_reload_failures_total")).toBe(0);
});

it("keeps the old pair where the new one does not fit, counts that once, and takes the repaired one", async () => {
    const before = [await served(), hups()];
    const [one, two] = [await newLeaf(), await newLeaf()];
    pod.certificates.write({ ...pair(one), "tls.key": two.key });
    await until("it is counted", async () => (await failures()) === 1, 5);
    await sleep(2_500);
    expect([await served(), hups()]).toEqual(before);
    expect(await failures()).toBe(1);
    expect(sidecar.log.events("tls_reload_failed")).toHaveLength(1);
    pod.certificates.write(pair(two));
    await until("it is served", async () => (await served()) === fingerprint(two), 5);
    await until("it is issued", isIssued, 5);
    expect(await failures()).toBe(1);
});

it("makes the server believe a root that joins the bundle", async () => {
    const next = await pod.pki.successor();
    const client = await next.client(verifier);
    await expect(connect(client)).rejects.toThrow();
    pod.trust.write({ "ca.crt": pod.pki.root.certificate + next.root.certificate });
    await until("it is counted", async () => (await sidecar.value("tls_reloads_total")) === 3, 5);
    await (await connect(client)).end();
    await (await connect(await pod.pki.client(verifier))).end();
});

it("tells it when another file of its has changed", async () => {
    const file = pod.path("pg_hba.conf");
    await sidecar.stop();
    await startSidecar({ configFiles: [file] });
    await until("it is told", () => sidecar.log.events("daemon_reloaded").length === 1, 5);
    pod.write("pg_hba.conf", "hostssl all all 127.0.0.1/32 reject\n");
    await until("it is told", () => sidecar.log.events("daemon_reloaded").length === 2, 5);
    await expect(connect()).rejects.toThrow(/pg_hba.conf rejects connection/);
    pod.write("pg_hba.conf", open);
    await until("it is told", () => sidecar.log.events("daemon_reloaded").length === 3, 5);
    await (await connect()).end();
    await restartSidecar();
    await until("it is told", () => sidecar.log.events("daemon_reloaded").length === 1, 5);
});

it("tells it nothing while a pair lies there that does not fit", async () => {
    const told = () => sidecar.log.events("daemon_reloaded").length;
    const [one, two] = [await newLeaf(), await newLeaf()];
    await sidecar.stop();
    await startSidecar({ configFiles: [pod.path("pg_hba.conf")] });
    await until("it is told", () => told() === 1, 5);
    pod.certificates.write({ ...pair(one), "tls.key": two.key });
    await until("it is counted", async () => (await failures()) === 1, 5);
    const before = hups();
    pod.write("pg_hba.conf", `${open}# changed\n`);
    await sleep(2_500);
    expect(hups()).toBe(before);
    pod.certificates.write(pair(two));
    await until("it is told", () => told() === 2, 5);
    pod.write("pg_hba.conf", open);
    await restartSidecar();
    await until("it is told", () => told() === 1, 5);
});

it("tells nothing after a restart of its own where nothing has changed, and what has changed where it has", async () => {
    await restartSidecar();
    const before = hups();
    await until("it looks", isIssued, 5);
    await sleep(2_500);
    expect(hups()).toBe(before);
    expect(await sidecar.value("tls_reloads_total")).toBe(0);
    await sidecar.stop();
    const next = await newLeaf();
    pod.certificates.write(pair(next));
    await startSidecar();
    await until("it is counted", async () => (await sidecar.value("tls_reloads_total")) === 1, 5);
    expect(await served()).toBe(fingerprint(next));
});

it("says that a server which ended serves nothing, and meets its successor", async () => {
    await postgres.stop();
    await until("it is missed", async () => !(await isIssued()), 5);
    const next = await newLeaf();
    pod.certificates.write(pair(next));
    await sleep(1_500);
    postgres.start();
    await until("it is met", isIssued);
    expect(await served()).toBe(fingerprint(next));
    expect(await failures()).toBe(0);
});

it("sends no signal to the process that got the number of a killed server", async () => {
    const bystander = spawn("sleep", ["60"]);
    const ended = jest.fn();
    bystander.once("exit", ended);
    const lines = readFileSync(pidFile, "utf8").replace(/^\d+/, String(bystander.pid));
    const other = await Sidecar.start(
        pod,
        { kind: "postgres", pidFile: pod.write("stale.pid", lines) },
        { stateFile: pod.path("told-other"), healthSocket: pod.path("health-other.sock") },
    );
    await until("it has looked", () => other.log.lines.length > 0, 5);
    await sleep(1_500);
    await other.stop();
    expect(ended).not.toHaveBeenCalled();
    bystander.kill("SIGKILL");
    expect(other.log.events("daemon_away")).toHaveLength(1);
    expect(other.log.events("daemon_away")[0]?.reason).toContain("which is no postgres here");
});

it("shows its metrics to the monitor alone", async () => {
    expect(await sidecar.metrics()).toContain("tls_served_is_issued 1");
    expect((await sidecar.read(await pod.pki.client(verifier))).status).toBe(403);
});

it("writes no part of a key anywhere, and leaves no complaint in the server's log", async () => {
    const planted = await newLeaf();
    const body = planted.key.split("\n")[1] ?? "";
    expect(body.length).toBeGreaterThan(40);
    pod.certificates.write({ "tls.crt": planted.key, "tls.key": planted.key });
    await until("it is refused", () => sidecar.log.events("tls_reload_failed").length === 1, 5);
    pod.certificates.write(pair(planted));
    await until("it is served", async () => (await served()) === fingerprint(planted), 5);
    await until("it is issued", isIssued, 5);
    const written = JSON.stringify(sidecar.log.lines) + (await sidecar.metrics()) + postgres.log;
    expect(written).toContain("daemon_reloaded");
    expect(written).not.toContain(body.slice(-32));
    expect(written).not.toContain("PRIVATE KEY");
    expect(postgres.log).not.toContain("was not reloaded");
});
