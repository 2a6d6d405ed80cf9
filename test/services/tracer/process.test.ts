import { type ChildProcess, execFileSync, spawn, spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { createServer, type AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { WebSocket } from "ws";
import { until } from "../client";
import { Mount } from "../mount";
import { type Credential, Pki } from "../pki";
import { gateway, pair, profile, prometheus, verifier } from "../running";
import { Conversation, event } from "./conversation";
import { audience, claimsFor, Issuer, issuerName, keySet } from "./issuer";
import { serverName } from "./runningTracer";

/** The bundles as the image has them, built by the package's own command into a folder of the test's own. */
const folder = mkdtempSync(join(tmpdir(), "tracer-"));
const service = join(__dirname, "../../../services/tracer");
const issuer = new Issuer("key-1");

let pki: Pki;
let client: Credential;
let mounts: { certificates: Mount; trust: Mount; jwks: Mount };
let env: Record<string, string>;
let running: ChildProcess | undefined;
let output = "";

beforeAll(async () => {
    const { scripts } = JSON.parse(readFileSync(join(service, "package.json"), "utf8")) as {
        scripts: { build: string };
    };
    const [tool = "", ...options] = scripts.build.split(" ");
    const tools = join(__dirname, "../../../node_modules/.bin");
    execFileSync(join(tools, tool), [...options, `--outdir=${folder}`], { cwd: service });
    pki = await Pki.create();
    client = await pki.client(verifier);
});

afterAll(() => {
    rmSync(folder, { recursive: true });
});

beforeEach(async () => {
    mounts = {
        certificates: new Mount(pair(await pki.leaf({ names: [serverName] }))),
        trust: new Mount({ "ca.crt": pki.root.certificate }),
        jwks: new Mount({ "jwks.json": keySet(issuer) }),
    };
    env = {
        PORT: String(await freePort()),
        METRICS_PORT: String(await freePort()),
        TLS_CERTIFICATE_DIR: mounts.certificates.directory,
        TLS_TRUST_FILE: mounts.trust.path("ca.crt"),
        TLS_CIPHER_SUITES: profile.cipherSuites.join(":"),
        TLS_GROUPS: profile.groups.join(":"),
        GATEWAY_IDENTITY: gateway,
        ALLOWED_CLIENTS: verifier,
        METRICS_CLIENTS: prometheus,
        CONNECTION_MAX_AGE_SECONDS: "3600",
        DRAIN_SECONDS: "4",
        JWT_ISSUER: issuerName,
        JWT_AUDIENCE: audience,
        JWT_ALGORITHM: "ES256",
        JWKS_FILE: mounts.jwks.path("jwks.json"),
        ALLOWED_ORIGINS: "",
        MAX_PAYLOAD_BYTES: "65536",
        MAX_MESSAGES_PER_SECOND: "50",
        HEALTH_SOCKET: join(folder, "health.sock"),
    };
    output = "";
});

afterEach(() => {
    running?.kill("SIGKILL");
    Object.values(mounts).forEach((mount) => {
        mount.remove();
    });
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

async function connect(token: string): Promise<Conversation> {
    const options = {
        servername: serverName,
        ca: pki.root.certificate,
        cert: client.chain,
        key: client.key,
        headers: { Authorization: `Bearer ${token}` },
    };
    const socket = new WebSocket(`wss://127.0.0.1:${env.PORT ?? ""}/stream`, options);
    await new Promise((resolve, reject) => {
        socket.once("open", resolve);
        socket.once("error", reject);
    });
    return new Conversation(socket);
}

it("serves, is healthy, writes its audit log as JSON lines, and tells clients to go on SIGTERM", async () => {
    const child = await startServer();
    expect(run("probe.js", env)).toEqual({ status: 0, stdout: "", stderr: "" });
    const token = issuer.token(claimsFor(client));
    const conversation = await connect(token);
    expect(await conversation.ask(event())).toBe('{"ack":1}');

    const exited = new Promise((resolve) =>
        // Not `exit`, after which there may be output still to be read.
        child.once("close", (code, signal) => {
            resolve([code, signal]);
        }),
    );
    child.kill("SIGTERM");
    expect(await conversation.ended).toEqual({ code: 1001, reason: "draining" });
    expect(await exited).toEqual([0, null]);

    const lines = output
        .trim()
        .split("\n")
        .map((line) => JSON.parse(line) as Record<string, unknown>);
    expect(lines.find(({ event }) => event === "stream_opened")).toMatchObject({
        level: "info",
        service: "tracer",
        time: expect.stringMatching(/^20\d\d-\d\d-\d\dT/) as string,
        identity: verifier,
        jti: "token-1",
    });
    // The last socket's line may come after it.
    expect(lines).toContainEqual(expect.objectContaining({ event: "drained", cut: 0 }));
    expect(output).not.toContain(token.split(".")[2]);
    expect(output).not.toMatch(/eyJ|Bearer|\bat .+:\d+:\d+/);
}, 20_000);

it("says every error of its environment and exits with 1", () => {
    const rest = Object.entries(env).filter(([name]) => !/^JW/.test(name));
    const { status, stdout, stderr } = run("server.js", Object.fromEntries(rest));
    expect({ status, stdout }).toEqual({ status: 1, stdout: "" });
    expect(stderr.split("\n")).toEqual([
        "JWT_ISSUER is not set; expected 1 to 256 printable characters without space; set for example JWT_ISSUER=https://issuer.local.bluefly.io",
        "JWT_AUDIENCE is not set; expected 1 to 256 printable characters without space; set for example JWT_AUDIENCE=tracer.local.bluefly.io",
        "JWT_ALGORITHM is not set; expected ES256 or ES384 or PS256 or PS384 or EdDSA; set for example JWT_ALGORITHM=ES256",
        "JWKS_FILE is not set; expected an absolute path; set for example JWKS_FILE=/etc/tracer-jwks/jwks.json",
        "",
    ]);
});

it("does not start with a private key in the set, and shows no key", () => {
    const { d = "" } = issuer.privateJwk;
    mounts.jwks.write({ "jwks.json": JSON.stringify({ keys: [issuer.privateJwk] }) });
    const { status, stdout, stderr } = run("server.js", env);
    expect({ status, stdout, stderr }).toEqual({
        status: 1,
        stdout: "",
        stderr: `${mounts.jwks.path("jwks.json")}: keys[0] has the member "d" of a private or shared key; replace the key pair\n`,
    });
    expect(stderr).not.toContain(d);
});

it("does not start without its key set", () => {
    const { status, stderr } = run("server.js", { ...env, JWKS_FILE: join(folder, "none.json") });
    expect(status).toBe(1);
    expect(stderr).toMatch(/^\S+none\.json: ENOENT: no such file or directory.+\n$/);
});

it("is two small files that need nothing beside them", () => {
    const text = ["server.js", "probe.js"]
        .map((name) => readFileSync(join(folder, name), "utf8"))
        .join("");
    const needed = [...text.matchAll(/\brequire\("((?!node:)[^./"][^"]*)"\)/g)].map(
        (match) => match[1] ?? "",
    );
    const { builtinModules } = jest.requireActual<typeof import("node:module")>("node:module");
    // Native parts that ws takes where they happen to be, and does without.
    const optional = ["bufferutil", "utf-8-validate"];
    expect(needed.filter((name) => ![...builtinModules, ...optional].includes(name))).toEqual([]);
});
