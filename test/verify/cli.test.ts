import { chmodSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import Ajv from "ajv";
import type { Evidence } from "../../verify/evidence";
import { agentMeshChecks } from "../../verify/hops/agentMesh";
import { apiChecks } from "../../verify/hops/api";
import { gatewayChecks, gatewayTracerChecks } from "../../verify/hops/gateway";
import { postgresChecks } from "../../verify/hops/postgres";
import { redisChecks } from "../../verify/hops/redis";
import { tracerChecks } from "../../verify/hops/tracer";
import type { Credentials } from "../../verify/hop";
import { runTool } from "../../verify/tool";
import { evidenceSchema } from "./evidenceSchema";
import { startCluster } from "./fakeCluster";
import { startStreamEdge } from "./fakeStream";
import { secretOf, startInside, type Inside } from "./inside";
import { goodOutputs } from "./outputs";
import { makePki, type TestPki } from "./pki";
import { startEdge, startRedirect, type EdgeSettings, type Listening } from "./servers";

const root = join(__dirname, "../..");
const { gatewayHost: host, tracerHost } = goodOutputs;

let folder: string;
let pki: TestPki;
let gateway: Credentials;
let inside: Inside;
let verifier: Credentials;
const running: Listening[] = [];

beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), "verify-test-"));
    await bundle();
    pki = await makePki();
    gateway = await pki.issue();
    inside = await startInside(pki);
    verifier = await pki.issue({ names: ["verifier.llm-platform.svc"], client: true });
    writeFileSync(join(folder, "tls.crt"), verifier.certificate);
    writeFileSync(join(folder, "tls.key"), verifier.privateKey);
    writeFileSync(join(folder, "ca.crt"), pki.root);
});

afterAll(async () => {
    await Promise.all(running.map(({ close }) => close()));
    await inside.stop();
    rmSync(folder, { recursive: true });
});

/** Bundles both entry points as `npm run build` does. */
async function bundle(): Promise<void> {
    const { exitCode, stderr } = await runTool({
        command: join(root, "node_modules/.bin/esbuild"),
        args: [
            ...[join(root, "verify/main.ts"), join(root, "verify/inside.ts"), `--outdir=${folder}`],
            ...["--bundle", "--platform=node", "--target=node24", "--log-level=warning"],
        ],
        limitSeconds: 60,
    });
    if (exitCode !== 0) throw new Error(stderr);
}

/** Puts a program on the PATH of the runs that follow. */
function program(name: string, script: string): void {
    writeFileSync(join(folder, name), `#!/bin/sh\n${script}\n`);
    chmodSync(join(folder, name), 0o755);
}

async function startPlatform(edge: Partial<EdgeSettings>, outputs: Record<string, unknown>) {
    const trustBundle = pki.root;
    const fronts = { credentials: gateway, trustBundle };
    const front = await startEdge({ ...fronts, host, ...edge });
    const stream = await startStreamEdge({ ...fronts, host: tracerHost });
    const plain = await startRedirect({
        target: (asked, path) =>
            [host, tracerHost].includes(asked) ? `https://${asked}${path}` : undefined,
    });
    const cluster = await startCluster({
        credentials: inside.credentials,
        objects: {
            ...inside.secrets,
            "secrets/gateway-server": secretOf(gateway),
            "secrets/verifier-client": secretOf(verifier),
            "configmaps/workload-trust": { "ca.crt": trustBundle },
        },
        program: [process.execPath, join(folder, "inside.js")],
        mounts: { TLS_CERTIFICATE_DIR: folder, TLS_TRUST_FILE: join(folder, "ca.crt") },
    });
    running.push(front, stream, plain, cluster);
    const all = { ...goodOutputs, ...inside.ports, ...outputs };
    writeFileSync(join(folder, "outputs.json"), JSON.stringify(all));
    program("pulumi", `echo "$@" > ${folder}/pulumi.args; cat ${folder}/outputs.json`);
    writeKubeconfig(cluster.address.port);
    const paths = { [`${host}:443`]: front, [`${tracerHost}:443`]: stream };
    return { cluster, paths: { ...paths, [`${host}:80`]: plain, [`${tracerHost}:80`]: plain } };
}

function writeKubeconfig(port: number): void {
    const trust = { "certificate-authority": join(folder, "ca.crt") };
    const config = {
        apiVersion: "v1",
        kind: "Config",
        clusters: [{ name: "test", cluster: { server: `https://localhost:${port}`, ...trust } }],
        users: [{ name: "test", user: {} }],
        contexts: [{ name: "test", context: { cluster: "test", user: "test" } }],
        "current-context": "test",
    };
    writeFileSync(join(folder, "kubeconfig"), JSON.stringify(config));
}

const evidenceFile = () => join(folder, "evidence", "verify.json");

async function run(
    edge: Partial<EdgeSettings> = {},
    {
        scanners = "off",
        outputs = {},
    }: { scanners?: string; outputs?: Record<string, unknown> } = {},
) {
    rmSync(join(folder, "evidence"), { recursive: true, force: true });
    const { cluster, paths } = await startPlatform(edge, outputs);
    const connect = Object.entries(paths).flatMap(([name, { address }]) => [
        "--connect",
        `${name}=127.0.0.1:${address.port}`,
    ]);
    const { exitCode, stdout, stderr } = await runTool({
        command: "env",
        args: [
            `PATH=${folder}:/usr/bin:/bin`,
            `KUBECONFIG=${join(folder, "kubeconfig")}`,
            ...[process.execPath, join(folder, "main.js"), "--stack", "lab", "--cwd", root],
            ...connect,
            ...["--evidence", evidenceFile(), "--scanners", scanners],
        ],
        cwd: root,
        limitSeconds: 60,
    });
    return { exitCode, stdout, stderr, asked: cluster.asked };
}

const evidence = (): Evidence => JSON.parse(readFileSync(evidenceFile(), "utf8")) as Evidence;

const seconds = 1000;
jest.setTimeout(60 * seconds);

it("exits with 0 where all is right, and writes what it saw in a fixed order", async () => {
    const { exitCode, stdout, stderr } = await run();
    expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: "" });
    const written = evidence();
    expect(new Ajv().validate(evidenceSchema, written)).toBe(true);
    expect(written).toMatchObject({ stack: "lab", profile: "modern" });
    expect(written.checks.map(({ hop, id }) => `${hop} ${id}`)).toEqual(
        Object.entries({
            gateway: gatewayChecks,
            "gateway-tracer": gatewayTracerChecks,
            api: apiChecks,
            postgres: postgresChecks,
            redis: redisChecks,
            "agent-mesh": agentMeshChecks,
            tracer: tracerChecks,
        }).flatMap(([hop, checks]) => checks.map(({ id }) => `${hop} ${id}`)),
    );
    expect(stdout).toContain(`${written.checks.length} ok, 0 failed, 0 could not be looked at`);
    expect(readFileSync(join(folder, "pulumi.args"), "utf8").trim()).toBe(
        "stack output --json --stack lab --non-interactive",
    );
});

it("leaves no Job behind", async () => {
    const { asked } = await run();
    const jobs = asked.filter((request) => request.includes("/jobs"));
    expect(jobs).toEqual([
        "POST /apis/batch/v1/namespaces/llm-platform/jobs",
        expect.stringMatching(/^GET .*\/jobs\/verify-[0-9a-f]{8}\/status$/),
        expect.stringMatching(/^DELETE .*\/jobs\/verify-[0-9a-f]{8}$/),
    ]);
});

it("writes no key anywhere, though it holds one", async () => {
    const { stdout, stderr } = await run();
    const written = readFileSync(evidenceFile(), "utf8");
    const secrets = [gateway, inside.credentials, verifier].map(
        ({ privateKey }) => privateKey.split("\n")[1] ?? "",
    );
    for (const secret of secrets) {
        expect(secret.length).toBeGreaterThan(40);
        expect(stdout + stderr + written).not.toContain(secret);
    }
    expect(written).not.toContain("PRIVATE KEY");
});

it("exits with 1 where one thing is wrong, and says which", async () => {
    const { exitCode, stdout } = await run({ headers: { "x-powered-by": "Express" } });
    expect(exitCode).toBe(1);
    expect(stdout).toMatch(
        /^gateway +server-version-hidden +FAIL +Server: nginx; X-Powered-By: E/m,
    );
    const failed = evidence().checks.filter(({ outcome }) => outcome !== "pass");
    expect(failed.map(({ id }) => id)).toEqual(["server-version-hidden"]);
});

it("exits with 2 where the scanners are not there", async () => {
    const { exitCode } = await run({}, { scanners: "on" });
    expect(exitCode).toBe(2);
    const unknown = evidence().checks.filter(({ outcome }) => outcome === "unknown");
    expect(unknown.map(({ id, seen }) => `${id}: ${seen}`)).toEqual([
        "sslyze-mozilla-modern: could not look: sslyze is not on PATH",
        "testssl-grade: could not look: testssl.sh is not on PATH",
    ]);
});

describe("with scanners", () => {
    const findings = JSON.stringify([{ id: "overall_grade", severity: "OK", finding: "A+" }]);
    const scan = {
        sslyze_version: "6.3.1",
        server_scan_results: [{ connectivity_status: "COMPLETED" }],
    };

    beforeAll(() => {
        // Each finds its output file as the argument after the option that names it.
        const output = (option: string) =>
            `for a in "$@"; do [ "$before" = ${option} ] && file=$a; before=$a; done`;
        program(
            "sslyze",
            `echo "$@" > ${folder}/sslyze.args; ${output("--json_out")}; echo '${JSON.stringify(scan)}' > "$file"; echo "  x: OK - Compliant."`,
        );
        program(
            "testssl.sh",
            `echo "$@" > ${folder}/testssl.args; ${output("--jsonfile")}; echo '${findings}' > "$file"; echo "testssl.sh version 3.2.1 from"`,
        );
    });

    it("asks them for the real name at the address that is dialled", async () => {
        const { exitCode, stderr } = await run({}, { scanners: "on" });
        expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: "" });
        expect(evidence().tools).toEqual({
            node: process.versions.node,
            openssl: process.versions.openssl,
            sslyze: "6.3.1",
            "testssl.sh": "3.2.1",
        });
        expect(readFileSync(join(folder, "sslyze.args"), "utf8")).toMatch(
            /^--mozilla_config modern --quiet --certinfo_ca_file \S+ --json_out \S+ gateway\.example\.test:\d+\{127\.0\.0\.1\}\n$/,
        );
        expect(readFileSync(join(folder, "testssl.args"), "utf8")).toMatch(
            /--ip 127\.0\.0\.1 .*--logjam https:\/\/gateway\.example\.test:\d+\/\n$/,
        );
    });

    it("leaves no file of theirs behind", async () => {
        const before = readdirSync(tmpdir()).filter((name) => name.startsWith("verify-"));
        await run({}, { scanners: "on" });
        const after = readdirSync(tmpdir()).filter((name) => name.startsWith("verify-"));
        expect(after).toEqual(before);
    });
});

describe("exits with 2 and one line where it cannot start", () => {
    it("for an output that is missing", async () => {
        const { exitCode, stderr } = await run({}, { outputs: { apiHost: undefined } });
        expect(exitCode).toBe(2);
        expect(stderr).toBe(
            "verify: stack lab: output [apiHost] is missing. Run `pulumi up` with the version of the program that this verifier belongs to.\n",
        );
    });

    it("for a Secret that does not exist", async () => {
        const { exitCode, stderr } = await run({}, { outputs: { verifierSecret: "nobody" } });
        expect(exitCode).toBe(2);
        expect(stderr).toBe("verify: Secret llm-platform/nobody: does not exist\n");
    });

    it("for an option that it does not know", async () => {
        const args = [join(folder, "main.js"), "--stack", "lab", "--quick"];
        const call = { command: process.execPath, args, cwd: root, limitSeconds: 30 };
        const { exitCode, stderr } = await runTool(call);
        expect({ exitCode, stderr }).toEqual({
            exitCode: 2,
            stderr: "error: unknown option '--quick'\n",
        });
    });
});
