import { credentials, status, type Server, type ServiceError } from "@grpc/grpc-js";
import { LanguageRuntimeClient } from "@pulumi/pulumi/proto/language_grpc_pb";
import * as rpc from "@pulumi/pulumi/proto/language_pb";
import type { PluginInfo } from "@pulumi/pulumi/proto/plugin_pb";
import { Empty } from "google-protobuf/google/protobuf/empty_pb";
import { Struct } from "google-protobuf/google/protobuf/struct_pb";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { LanguageHost } from "../../../lab/engine/languageHost";

let folder: string;
let host: LanguageHost;
let server: Server;
let client: LanguageRuntimeClient;

beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), "host-"));
    host = new LanguageHost("127.0.0.1:7", "1.2.3");
    const started = await host.listen();
    server = started.server;
    client = new LanguageRuntimeClient(`127.0.0.1:${started.port}`, credentials.createInsecure());
});

afterAll(() => {
    host.close();
    client.close();
    server.forceShutdown();
    rmSync(folder, { recursive: true });
});

/** Puts a program in the place of an entry point of the SDK. */
function sdk(command: string, program: string): void {
    const entry = join(folder, "node_modules", "@pulumi", "pulumi", "cmd", command);
    mkdirSync(entry, { recursive: true });
    writeFileSync(join(entry, "index.js"), program);
}

const info = (options: Record<string, string | boolean> = {}): rpc.ProgramInfo =>
    new rpc.ProgramInfo()
        .setRootDirectory("/root-directory")
        .setProgramDirectory(folder)
        .setEntryPoint("main.ts")
        .setOptions(Struct.fromJavaScript(options));

const request = (): rpc.RunRequest => new rpc.RunRequest().setInfo(info()).setPwd(folder);

type Done<Response> = (error: ServiceError | null, response: Response) => void;

/** Calls a method that answers once. */
function ask<Response>(method: (done: Done<Response>) => unknown): Promise<Response> {
    return new Promise((resolve, reject) => {
        method((error, response) => {
            if (error) reject(error);
            else resolve(response);
        });
    });
}

const runProgram = (what: rpc.RunRequest): Promise<rpc.RunResponse> =>
    ask((done) => client.run(what, done));

interface PluginEnd {
    stdout: string;
    stderr: string;
    code: number | undefined;
}

function runPlugin(what: rpc.RunPluginRequest): Promise<PluginEnd> {
    return new Promise((resolve, reject) => {
        const end: PluginEnd = { stdout: "", stderr: "", code: undefined };
        client
            .runPlugin(what)
            .on("data", (response: rpc.RunPluginResponse) => {
                end.stdout += Buffer.from(response.getStdout_asU8()).toString();
                end.stderr += Buffer.from(response.getStderr_asU8()).toString();
                if (response.getOutputCase() === rpc.RunPluginResponse.OutputCase.EXITCODE) {
                    end.code = response.getExitcode();
                }
            })
            .on("error", reject)
            .on("end", () => {
                resolve(end);
            });
    });
}

const dump = `
    const { writeFileSync } = require("fs");
    const { PULUMI_CONFIG, PULUMI_CONFIG_SECRET_KEYS, PULUMI_NODEJS_TYPESCRIPT, PULUMI_NODEJS_TSCONFIG_PATH } = process.env;
    writeFileSync(__dirname + "/seen.json", JSON.stringify({
        args: process.argv.slice(2), cwd: process.cwd(), execArgv: process.execArgv,
        env: { PULUMI_CONFIG, PULUMI_CONFIG_SECRET_KEYS, PULUMI_NODEJS_TYPESCRIPT, PULUMI_NODEJS_TSCONFIG_PATH },
    }));`;

it("gives the program all that the engine says", async () => {
    sdk("run", dump);
    const what = request()
        .setInfo(info({ typescript: false, tsconfig: "other.json", nodeargs: "--no-warnings" }))
        .setMonitorAddress("127.0.0.1:8")
        .setOrganization("org")
        .setProject("project")
        .setStack("stack")
        .setParallel(4)
        .setDryrun(true)
        .setArgsList(["one", "two"])
        .setConfigsecretkeysList(["project:key"]);
    what.getConfigMap().set("project:key", "value");
    expect((await runProgram(what)).toObject()).toEqual({ error: "", bail: false });
    const entry = join(folder, "node_modules/@pulumi/pulumi/cmd/run");
    expect(JSON.parse(readFileSync(join(entry, "seen.json"), "utf8"))).toEqual({
        args: [
            ...["--monitor", "127.0.0.1:8", "--engine", "127.0.0.1:7", "--organization", "org"],
            ...["--project", "project", "--root-directory", "/root-directory", "--stack", "stack"],
            ...["--pwd", folder, "--parallel", "4", "--dry-run", "main.ts", "one", "two"],
        ],
        cwd: folder,
        execArgv: ["--no-warnings"],
        env: {
            PULUMI_CONFIG: '{"project:key":"value"}',
            PULUMI_CONFIG_SECRET_KEYS: '["project:key"]',
            PULUMI_NODEJS_TYPESCRIPT: "false",
            PULUMI_NODEJS_TSCONFIG_PATH: "other.json",
        },
    });
});

it.each([
    ["an error that was shown", "process.exit(32)", { bail: true, error: "" }],
    [
        "another error",
        "process.exit(3)",
        { bail: false, error: "Program exited with non-zero exit code: 3" },
    ],
    [
        "a signal",
        "process.kill(process.pid, 'SIGKILL')",
        { bail: false, error: "Program exited with non-zero exit code: 137" },
    ],
])("tells the engine of %s", async (_case, program, wanted) => {
    sdk("run", program);
    expect((await runProgram(request())).toObject()).toEqual(wanted);
});

it("ends the program when the engine hangs up", async () => {
    sdk(
        "run",
        `require("fs").writeFileSync(__dirname + "/pid", String(process.pid)); setInterval(() => 0, 1000);`,
    );
    const pidFile = join(folder, "node_modules/@pulumi/pulumi/cmd/run/pid");
    const call = client.run(request(), () => undefined);
    const pid = await eventually(() => Number(readFileSync(pidFile, "utf8")) || undefined);
    expect(isAlive(pid)).toBe(true);
    call.cancel();
    await eventually(() => !isAlive(pid) || undefined);
});

it("starts a policy pack in its folder and a provider where the engine says, with the engine's variables", async () => {
    const show =
        "process.stdout.write(JSON.stringify([process.argv.slice(2), process.cwd(), process.env.COLOUR]));";
    sdk("run-policy-pack", `${show} process.stderr.write("to stderr"); process.exit(7);`);
    sdk("run-plugin", show);
    const what = new rpc.RunPluginRequest()
        .setInfo(info())
        .setPwd(tmpdir())
        .setArgsList(["--logtostderr", "127.0.0.1:7"])
        .setEnvList(["COLOUR=a=b", "PATH=/nowhere"]);
    expect(await runPlugin(what.setKind("analyzer"))).toEqual({
        stdout: JSON.stringify([["127.0.0.1:7", folder], folder, "a=b"]),
        stderr: "to stderr",
        code: 7,
    });
    expect(await runPlugin(what.setKind("resource"))).toEqual({
        stdout: JSON.stringify([[folder, "127.0.0.1:7"], tmpdir(), "a=b"]),
        stderr: "",
        code: 0,
    });
});

it("says what it does not do", async () => {
    const plugin = new rpc.RunPluginRequest().setInfo(info()).setKind("converter");
    await expect(runPlugin(plugin)).rejects.toThrow("runs no converter plugins");
    await expect(runProgram(request().setAttachDebugger(true))).rejects.toThrow(
        "attaches no debugger",
    );
    await expect(runProgram(request().setQuerymode(true))).rejects.toThrow("has no query mode");
    const elsewhere = info().setProgramDirectory("/proc");
    await expect(runProgram(request().setInfo(elsewhere))).rejects.toThrow(
        "@pulumi/pulumi is not installed for /proc; run npm install there",
    );
    const refused: ServiceError = await new Promise((resolve) => {
        client
            .installDependencies(new rpc.InstallDependenciesRequest())
            .on("error", resolve)
            .resume();
    });
    expect(refused).toMatchObject({
        code: status.UNIMPLEMENTED,
        details: "the lab's nodejs language host has no installDependencies",
    });
    await expect(ask((done) => client.pack(new rpc.PackRequest(), done))).rejects.toThrow(
        "the lab's nodejs language host has no pack",
    );
});

it("says its version and the node that it runs", async () => {
    const plugin = await ask<PluginInfo>((done) => client.getPluginInfo(new Empty(), done));
    expect(plugin.getVersion()).toBe("1.2.3");
    const about = await ask<rpc.AboutResponse>((done) =>
        client.about(new rpc.AboutRequest(), done),
    );
    expect(about.getExecutable()).toBe(process.execPath);
    expect(about.getVersion()).toBe(process.versions.node);
});

function isAlive(pid: number): boolean {
    try {
        process.kill(pid, 0);
        return true;
    } catch {
        return false;
    }
}

async function eventually<T>(look: () => T | undefined): Promise<T> {
    const end = Date.now() + 10_000;
    for (;;) {
        const found = attempt(look);
        if (found !== undefined) return found;
        if (Date.now() > end) throw new Error("it did not come within 10 s");
        await new Promise((resolve) => setTimeout(resolve, 50));
    }
}

function attempt<T>(look: () => T | undefined): T | undefined {
    try {
        return look();
    } catch {
        return undefined;
    }
}
