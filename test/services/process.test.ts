import { type ChildProcess, execFileSync, spawn, spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { createServer, type AddressInfo } from "node:net";
import { Agent } from "node:https";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { ask, until } from "./client";
import { Mount } from "./mount";
import { type Credential, Pki } from "./pki";
import { gateway, pair, profile, prometheus, serverName, verifier } from "./running";

/** The bundles as the image has them, built by the package's own command into a folder of the test's own. */
const folder = mkdtempSync(join(tmpdir(), "api-"));
const service = join(__dirname, "../../services/api");

let pki: Pki;
let client: Credential;
let certificates: Mount;
let trust: Mount;
let env: Record<string, string>;
let running: ChildProcess | undefined;
let output = "";

beforeAll(async () => {
    const { scripts } = JSON.parse(readFileSync(join(service, "package.json"), "utf8")) as {
        scripts: { build: string };
    };
    const [tool = "", ...options] = scripts.build.split(" ");
    const tools = join(__dirname, "../../node_modules/.bin");
    execFileSync(join(tools, tool), [...options, `--outdir=${folder}`], { cwd: service });
    pki = await Pki.create();
    client = await pki.client(verifier);
});

afterAll(() => {
    rmSync(folder, { recursive: true });
});

beforeEach(async () => {
    const served = await pki.leaf({ names: [serverName] });
    certificates = new Mount(pair(served));
    trust = new Mount({ "ca.crt": pki.root.certificate });
    env = {
        PORT: String(await freePort()),
        METRICS_PORT: String(await freePort()),
        TLS_CERTIFICATE_DIR: certificates.directory,
        TLS_TRUST_FILE: trust.path("ca.crt"),
        TLS_CIPHER_SUITES: profile.cipherSuites.join(":"),
        TLS_GROUPS: profile.groups.join(":"),
        GATEWAY_IDENTITY: gateway,
        ALLOWED_CLIENTS: verifier,
        METRICS_CLIENTS: prometheus,
        CONNECTION_MAX_AGE_SECONDS: "3600",
        DRAIN_SECONDS: "8",
        HEALTH_SOCKET: join(folder, "health.sock"),
    };
    output = "";
});

afterEach(() => {
    running?.kill("SIGKILL");
    certificates.remove();
    trust.remove();
});

function freePort(): Promise<number> {
    return new Promise((resolve) => {
        const server = createServer().listen(0, () => {
            const { port } = server.address() as AddressInfo;
            server.close(() => {
                resolve(port);
            });
        });
    });
}

/** Runs a bundle to its end. */
function run(bundle: string, settings: Record<string, string>) {
    const { status, stdout, stderr } = spawnSync(process.execPath, [join(folder, bundle)], {
        env: settings,
        encoding: "utf8",
        timeout: 10_000,
    });
    return { status, stdout, stderr };
}

async function startServer(): Promise<ChildProcess> {
    const child = spawn(process.execPath, [join(folder, "server.js")], { env });
    running = child;
    const keep = (chunk: Buffer) => (output += chunk.toString());
    child.stdout.on("data", keep);
    child.stderr.on("data", keep);
    await until(() => output.includes('"event":"started"'), "the start");
    return child;
}

const whoami = (agent: Agent | false = false) =>
    ask({
        host: "127.0.0.1",
        port: Number(env.PORT),
        servername: serverName,
        ca: pki.root.certificate,
        cert: client.chain,
        key: client.key,
        path: "/v1/whoami",
        agent,
    });

it("serves, is healthy, writes its audit log as JSON lines, and ends with 0 on SIGTERM without a failed request", async () => {
    const child = await startServer();
    expect(run("probe.js", env)).toEqual({ status: 0, stdout: "", stderr: "" });
    expect((await whoami()).body).toBe(`{"identity":"${verifier}","via":"direct"}`);

    const exited = new Promise((resolve) =>
        child.once("exit", (code, signal) => {
            resolve([code, signal]);
        }),
    );
    const agent = new Agent({ keepAlive: true });
    let answered = 0;
    for (; answered < 20; answered++) {
        expect((await whoami(agent)).status).toBe(200);
        if (answered === 10) child.kill("SIGTERM");
    }
    expect(await exited).toEqual([0, null]);
    agent.destroy();

    const lines = output
        .trim()
        .split("\n")
        .map((line) => JSON.parse(line) as Record<string, unknown>);
    expect(lines.filter(({ event }) => event === "request")).toHaveLength(21);
    expect(lines.filter(({ event }) => event === "request")[0]).toMatchObject({
        level: "info",
        service: "api",
        time: expect.stringMatching(/^20\d\d-\d\d-\d\dT/) as string,
        identity: verifier,
        outcome: "allowed",
    });
    expect(lines.at(-1)).toMatchObject({ event: "drained", cut: 0 });
}, 15_000);

it("is not healthy when it is not there, and says why", () => {
    const { status, stderr } = run("probe.js", env);
    expect(status).toBe(1);
    expect(stderr).toMatch(/^not healthy: connect (ENOENT|ECONNREFUSED) .+\n$/);
});

it("starts again over the socket that a killed container left", async () => {
    (await startServer()).kill("SIGKILL");
    await new Promise((resolve) => running?.once("exit", resolve));
    expect(run("probe.js", env).status).toBe(1);
    output = "";
    await startServer();
    expect(run("probe.js", env).status).toBe(0);
});

it("is an agent of the mesh that it is told of, and serves where it cannot reach it", async () => {
    const own = new Mount(pair(await pki.client(serverName)));
    env = {
        ...env,
        TLS_CLIENT_CERTIFICATE_DIR: own.directory,
        // No such name outside a cluster.
        AGENT_MESH_HOST: "agent-mesh.llm-platform.svc",
        AGENT_MESH_PORT: "50051",
        AGENT_ID: "api-1",
    };
    await startServer();
    await until(() => output.includes('"event":"agent_not_registered"'), "the outcome");
    expect(output).toMatch(/"agentId":"api-1","reason":"14 UNAVAILABLE: /);
    expect((await whoami()).status).toBe(200);
    expect(run("probe.js", env).status).toBe(0);
    own.remove();
}, 15_000);

it("says every error of its environment and exits with 1", () => {
    expect(run("server.js", { ...env, PORT: "", DRAIN_SECONDS: "soon" })).toEqual({
        status: 1,
        stdout: "",
        stderr:
            'PORT is ""; expected an integer from 1024 to 65535; set for example PORT=3001\n' +
            'DRAIN_SECONDS is "soon"; expected an integer from 1 to 300; set for example DRAIN_SECONDS=20\n',
    });
});

it("does not start with a pair that does not fit, and shows no key", async () => {
    const other = await pki.leaf({ names: [serverName] });
    certificates.write({ ...pair(other), "tls.key": pki.intermediate.key });
    expect(run("server.js", env)).toEqual({
        status: 1,
        stdout: "",
        stderr: "tls.key does not belong to the leaf in tls.crt\n",
    });
});

it("is two small files that need nothing beside them", () => {
    const needed = [
        readFileSync(join(folder, "server.js"), "utf8"),
        readFileSync(join(folder, "probe.js"), "utf8"),
    ]
        .flatMap((text) => [...text.matchAll(/\brequire\("((?!node:)[^./"][^"]*)"\)/g)])
        .map((match) => match[1] ?? "");
    const { builtinModules } = jest.requireActual<typeof import("node:module")>("node:module");
    // The driver of PostgreSQL asks for its native twin only where it is told to use it.
    const known = [...builtinModules, "pg-native"];
    expect(needed.filter((name) => !known.includes(name))).toEqual([]);
});
