import { type ChildProcess, execFileSync, spawn, spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pair, profile, prometheus } from "../running";
import { freePort, Pod, until } from "./daemons";

/** The bundles as the image has them, built by the package's own command into a folder of the test's own. */
const folder = mkdtempSync(join(tmpdir(), "reloader-"));
const service = join(__dirname, "../../../services/reloader");

let pod: Pod;
let env: Record<string, string>;
let running: ChildProcess | undefined;

beforeAll(async () => {
    const { scripts } = JSON.parse(readFileSync(join(service, "package.json"), "utf8")) as {
        scripts: { build: string };
    };
    const [tool = "", ...options] = scripts.build.split(" ");
    const tools = join(__dirname, "../../../node_modules/.bin");
    execFileSync(join(tools, tool), [...options, `--outdir=${folder}`], { cwd: service });
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
