import { type ChildProcess, execFileSync, spawn, spawnSync } from "node:child_process";
import { chmodSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pair, profile, prometheus } from "../running";
import { freePort, Pod, RunningDaemon, until } from "./daemons";
import { fingerprint, servedAt } from "./sidecar";

/** The bundles as the image has them, built by the package's own command into a folder of the test's own. */
const folder = mkdtempSync(join(tmpdir(), "reloader-"));
const service = join(__dirname, "../../../services/reloader");

let pod: Pod;
let env: Record<string, string>;
let running: ChildProcess | undefined;

jest.setTimeout(60_000);

beforeAll(async () => {
    const { scripts } = JSON.parse(readFileSync(join(service, "package.json"), "utf8")) as {
        scripts: { build: string };
    };
    const [tool = "", ...options] = scripts.build.split(" ");
    const tools = join(__dirname, "../../../node_modules/.bin");
    execFileSync(join(tools, tool), [...options, `--outdir=${folder}`], { cwd: service });
    chmodSync(folder, 0o755);
    pod = await Pod.create("postgres.llm-platform-data.svc");
    env = {
        DAEMON: "postgres",
        POSTGRES_PID_FILE: pod.path("postmaster.pid"),
        TLS_CERTIFICATE_DIR: pod.certificates.directory,
        TLS_TRUST_FILE: pod.trust.path("ca.crt"),
        TLS_CIPHER_SUITES: profile.cipherSuites.join(":"),
        TLS_GROUPS: profile.groups.join(":"),
        METRICS_PORT: String(await freePort()),
        METRICS_CLIENTS: prometheus,
        HEALTH_SOCKET: join(folder, "health.sock"),
        STATE_FILE: join(folder, "told"),
    };
});

afterAll(() => {
    running?.kill("SIGKILL");
    pod.remove();
    rmSync(folder, { recursive: true });
});

/** Runs a bundle to its end. */
function run(bundle: string, settings: Record<string, string>) {
    const { status, stdout, stderr } = spawnSync(process.execPath, [join(folder, bundle)], {
        env: settings,
        encoding: "utf8",
        timeout: 10_000,
    });
    return { status, stdout, stderr };
}

it("is healthy while it waits for its daemon, and ends with 0 on SIGTERM", async () => {
    const child = spawn(process.execPath, [join(folder, "server.js")], { env });
    running = child;
    let output = "";
    child.stdout.on("data", (chunk: Buffer) => (output += chunk.toString()));
    await until("it waits", () => output.includes('"event":"daemon_away"'));
    expect(run("probe.js", env)).toEqual({ status: 0, stdout: "", stderr: "" });
    const exited = new Promise((resolve) =>
        child.once("exit", (code, signal) => {
            resolve([code, signal]);
        }),
    );
    child.kill("SIGTERM");
    expect(await exited).toEqual([0, null]);
    expect(run("probe.js", env)).toMatchObject({ status: 1, stdout: "" });
    const lines = output.trim().split("\n");
    expect(lines.map((line) => (JSON.parse(line) as Record<string, unknown>).service)).toEqual(
        lines.map(() => "reloader"),
    );
});

it("tells a real daemon as the user of the pod, who sees no more than the pod has", async () => {
    const port = await freePort();
    const [socket, conf] = [pod.path("redis.sock"), pod.path("redis.conf")];
    pod.write("redis.conf", redisConf(port, socket));
    pod.write("password", "of-the-test");
    const pidOf = (name: string) => `echo $$ >${pod.path(name)}; exec`;
    const redis = new RunningDaemon(
        pod,
        `${pidOf("redis.pid")} redis-server ${conf}`,
        pod.path("redis.pid"),
        "SIGTERM",
    );
    const variables = {
        ...env,
        DAEMON: "redis",
        REDIS_SOCKET: socket,
        REDIS_RELOAD_USER: "reload",
        REDIS_RELOAD_PASSWORD_FILE: pod.path("password"),
        REDIS_CONFIG_FILE: conf,
        HEALTH_SOCKET: pod.path("health.sock"),
        STATE_FILE: pod.path("told"),
    };
    const settings = Object.entries(variables).map(([name, value]) => `${name}=${value}`);
    const sidecar = new RunningDaemon(
        pod,
        `${pidOf("sidecar.pid")} env -i ${settings.join(" ")} /node /app/server.js`,
        pod.path("sidecar.pid"),
        "SIGTERM",
        { "/node": process.execPath, "/app": folder },
    );
    const next = await pod.pki.leaf({ names: [pod.name] });
    redis.start();
    sidecar.start();
    try {
        await until("it is met", () => redis.log.includes('"changed":false'));
        pod.certificates.write(pair(next));
        await until("it is told", () => redis.log.includes('"changed":true'));
        expect(await servedAt(port)).toBe(fingerprint(next));
    } finally {
        await Promise.all([sidecar.stop(), redis.stop()]);
    }
    expect(redis.log).not.toContain("of-the-test");
});

const redisConf = (port: number, socket: string) => `
port 0
tls-port ${port}
tls-cert-file ${pod.certificates.path("tls.crt")}
tls-key-file ${pod.certificates.path("tls.key")}
tls-ca-cert-file ${pod.trust.path("ca.crt")}
unixsocket ${socket}
unixsocketperm 700
dir ${pod.folder}
user default off
user reload on >of-the-test resetkeys resetchannels -@all +config|get +config|set +ping
`;

it("says every error of its environment and exits with 1", () => {
    expect(run("server.js", { ...env, DAEMON: "", LOOK_SECONDS: "x" })).toEqual({
        status: 1,
        stdout: "",
        stderr:
            'DAEMON is ""; expected postgres or redis; set for example DAEMON=postgres\n' +
            'LOOK_SECONDS is "x"; expected an integer from 1 to 300; set for example LOOK_SECONDS=30\n',
    });
});

it("does not start with a pair that does not fit, and shows no key", async () => {
    const other = await pod.pki.leaf({ names: [pod.name] });
    pod.certificates.write({ ...pair(other), "tls.key": pod.pki.intermediate.key });
    expect(run("server.js", env)).toEqual({
        status: 1,
        stdout: "",
        stderr: "tls.key does not belong to the leaf in tls.crt\n",
    });
});
