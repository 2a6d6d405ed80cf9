import { type ChildProcess, execFileSync, spawn, spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { builtinModules } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { AgentMeshClient } from "../../services/agent-mesh/client";
import { freePort } from "../components/gateway/runningGateway";
import { until } from "./client";
import { ClientCertificate } from "./clientCertificate";
import { Mount } from "./mount";
import { Pki } from "./pki";
import { pair, profile, prometheus, verifier } from "./running";
import { serverName } from "./runningAgentMesh";

/** The bundles as the image has them, built by the package's own command into a folder of the test's own. */
const folder = mkdtempSync(join(tmpdir(), "agent-mesh-"));
const service = join(__dirname, "../../services/agent-mesh");

let pki: Pki;
let mounts: Mount[];
let env: Record<string, string>;
let running: ChildProcess | undefined;
let output: string;

beforeAll(async () => {
    const { scripts } = JSON.parse(readFileSync(join(service, "package.json"), "utf8")) as {
        scripts: { build: string };
    };
    const [tool = "", ...options] = scripts.build.split(" ");
    const tools = join(__dirname, "../../node_modules/.bin");
    execFileSync(join(tools, tool), [...options, `--outdir=${folder}`], { cwd: service });
    pki = await Pki.create();
});

afterAll(() => {
    rmSync(folder, { recursive: true });
});

beforeEach(async () => {
    const certificates = new Mount(pair(await pki.leaf({ names: [serverName] })));
    const trust = new Mount({ "ca.crt": pki.root.certificate });
    mounts = [certificates, trust];
    output = "";
    env = {
        PORT: String(await freePort()),
        METRICS_PORT: String(await freePort()),
        TLS_CERTIFICATE_DIR: certificates.directory,
        TLS_TRUST_FILE: trust.path("ca.crt"),
        TLS_CIPHER_SUITES: profile.cipherSuites.join(":"),
        TLS_GROUPS: profile.groups.join(":"),
        ALLOWED_METHODS: JSON.stringify({ [verifier]: ["RegisterAgent"] }),
        METRICS_CLIENTS: prometheus,
        CONNECTION_MAX_AGE_SECONDS: "3600",
        DRAIN_SECONDS: "4",
        HEALTH_SOCKET: join(folder, "health.sock"),
    };
});

afterEach(() => {
    running?.kill("SIGKILL");
    for (const mount of mounts) mount.remove();
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

async function startServer(): Promise<ChildProcess> {
    const child = spawn(process.execPath, [join(folder, "server.js")], { env });
    running = child;
    const keep = (chunk: Buffer) => (output += chunk.toString());
    child.stdout.on("data", keep);
    child.stderr.on("data", keep);
    await until(() => output.includes('"event":"started"'), "the start");
    return child;
}

it("serves, is healthy, writes its audit log as JSON lines, and ends with 0 on SIGTERM without a failed call", async () => {
    const child = await startServer();
    expect(run("probe.js", env)).toEqual({ status: 0, stdout: "", stderr: "" });
    const { chain, key } = await pki.client(verifier);
    const mounted = new ClientCertificate({ cert: chain, key }, pki.root.certificate);
    const client = new AgentMeshClient({
        address: `127.0.0.1:${env.PORT ?? ""}`,
        servername: serverName,
        certificate: mounted.certificate,
    });
    const exited = new Promise((resolve) =>
        child.once("exit", (code, signal) => {
            resolve([code, signal]);
        }),
    );
    for (let call = 0; call < 20; call++) {
        await client.registerAgent({ agentId: `agent-${call}`, capabilities: [] });
        if (call === 10) child.kill("SIGTERM");
    }
    expect(await exited).toEqual([0, null]);
    client.close();
    mounted.remove();

    const lines = output
        .trim()
        .split("\n")
        .map((line) => JSON.parse(line) as Record<string, unknown>);
    expect(lines.filter(({ event }) => event === "call")).toHaveLength(20);
    expect(lines.find(({ event }) => event === "call")).toMatchObject({
        level: "info",
        service: "agent-mesh",
        time: expect.stringMatching(/^20\d\d-\d\d-\d\dT/) as string,
        identity: verifier,
        outcome: "allowed",
    });
    expect(lines.at(-1)).toMatchObject({ event: "drained", cut: 0 });
}, 20_000);

it("is not healthy when it is not there, and says why", () => {
    const { status, stderr } = run("probe.js", env);
    expect(status).toBe(1);
    expect(stderr).toMatch(/^not healthy: connect (ENOENT|ECONNREFUSED) .+\n$/);
});

it("says every error of its environment and exits with 1", () => {
    expect(run("server.js", { ...env, PORT: "", ALLOWED_METHODS: "all" })).toEqual({
        status: 1,
        stdout: "",
        stderr:
            'PORT is ""; expected an integer from 1024 to 65535; set for example PORT=50051\n' +
            'ALLOWED_METHODS is "all"; expected a JSON object of identities <service>.<namespace>.svc, each with a list of methods; ' +
            'set for example ALLOWED_METHODS={"verifier.llm-platform.svc":["RegisterAgent"]}\n',
    });
});

it("does not start with a certificate that is no chain", () => {
    mounts[0]?.write({ "tls.crt": pki.intermediate.certificate, "tls.key": pki.intermediate.key });
    const { status, stdout, stderr } = run("server.js", env);
    expect([status, stdout]).toEqual([1, ""]);
    expect(stderr).toBe("tls.crt holds 1 certificate(s), expected 2: leaf, then intermediate\n");
});

it("is two small files that need nothing beside them", () => {
    const needed = ["server.js", "probe.js"]
        .map((name) => readFileSync(join(folder, name), "utf8"))
        .flatMap((text) => [...text.matchAll(/\brequire\("((?!node:)[^./"][^"]*)"\)/g)])
        .map((match) => match[1] ?? "");
    const known = new Set(builtinModules);
    expect(needed.filter((name) => !known.has(name))).toEqual([]);
});
