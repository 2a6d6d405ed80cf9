import { createRequire } from "node:module";
import { join } from "node:path";
import {
    Server,
    ServerCredentials,
    type ServerWritableStream,
    type UntypedServiceImplementation,
} from "@grpc/grpc-js";
import {
    LanguageRuntimeService,
    type ILanguageRuntimeServer,
} from "@pulumi/pulumi/proto/language_grpc_pb";
import * as rpc from "@pulumi/pulumi/proto/language_pb";
import { PackageDependency, PluginInfo } from "@pulumi/pulumi/proto/plugin_pb";
import { Empty } from "google-protobuf/google/protobuf/empty_pb";
import { toServiceError } from "../providers/failure";
import { unary, unsupported } from "../providers/unary";
import { Children, exitCode } from "./children";
import { requiredPackages } from "./requiredPackages";
import { runtimeOptions, type RuntimeOptions } from "./runtimeOptions";

/**
 * The nodejs language host: what the Pulumi engine asks to run a program, a policy pack or a provider written for Node.
 * Programs run by the SDK's own entry points; this starts them, as `pulumi-language-nodejs` beside the `pulumi` binary.
 *
 * @see https://github.com/pulumi/pulumi/blob/v3.259.0/proto/pulumi/language.proto
 */
export class LanguageHost {
    readonly #children = new Children();
    readonly #who = "the lab's nodejs language host";

    constructor(
        private readonly engineAddress: string,
        private readonly version: string,
    ) {}

    /** Listens on a free port of 127.0.0.1 and tells it. */
    public async listen(): Promise<{ server: Server; port: number }> {
        const server = new Server();
        server.addService(LanguageRuntimeService, this.#implementation());
        const port = await new Promise<number>((resolve, reject) => {
            server.bindAsync("127.0.0.1:0", ServerCredentials.createInsecure(), (error, bound) => {
                if (error) reject(error);
                else resolve(bound);
            });
        });
        return { server, port };
    }

    /** Ends whatever it runs. */
    public close(): void {
        this.#children.killAll();
    }

    #implementation(): UntypedServiceImplementation {
        return {
            ...this.#about(),
            ...this.#running(),
            ...unsupported(this.#who, "installDependencies", "getProgramDependencies"),
            ...unsupported(this.#who, "getRequiredPlugins", "runtimeOptionsPrompts", "template"),
            ...unsupported(this.#who, "generateProgram", "generateProject", "generatePackage"),
            ...unsupported(this.#who, "pack", "link"),
        };
    }

    #about(): Methods<"handshake" | "getPluginInfo" | "getRequiredPackages" | "about"> {
        return {
            handshake: unary(() => new rpc.LanguageHandshakeResponse()),
            getPluginInfo: unary(() => new PluginInfo().setVersion(this.version)),
            getRequiredPackages: unary((request: rpc.GetRequiredPackagesRequest) =>
                packagesOf(directoryOf(request.getInfo())),
            ),
            about: unary(() =>
                new rpc.AboutResponse()
                    .setExecutable(process.execPath)
                    .setVersion(process.versions.node),
            ),
        };
    }

    #running(): Methods<"cancel" | "run" | "runPlugin"> {
        return {
            cancel: unary(() => {
                this.#children.stopAll();
                return new Empty();
            }),
            run: (call, callback) => {
                const stopped = new AbortController();
                call.on("cancelled", () => {
                    stopped.abort();
                });
                unary((request: rpc.RunRequest) => this.#run(request, stopped.signal))(
                    call,
                    callback,
                );
            },
            runPlugin: (call) => {
                this.#runPlugin(call).catch((error: unknown) => {
                    call.emit("error", toServiceError(error));
                });
            },
        };
    }

    async #run(request: rpc.RunRequest, stopped: AbortSignal): Promise<rpc.RunResponse> {
        this.#refuseDebugger(request.getAttachDebugger());
        if (request.getQuerymode()) throw new Error(`${this.#who} has no query mode`);
        const options = optionsOf(request.getInfo());
        const child = this.#children.node(
            [
                ...options.nodeArguments,
                entryPoint("run", directoryOf(request.getInfo())),
                ...runArguments(request, this.engineAddress),
            ],
            {
                cwd: request.getPwd(),
                env: { ...process.env, ...runEnvironment(request, options) },
                stdio: ["ignore", "inherit", "inherit"],
            },
        );
        stopped.addEventListener("abort", () => {
            this.#children.stop(child);
        });
        const code = await exitCode(child);
        if (code === alreadyToldTheUser) return new rpc.RunResponse().setBail(true);
        return new rpc.RunResponse().setError(
            code === 0 ? "" : `Program exited with non-zero exit code: ${code}`,
        );
    }

    async #runPlugin(call: PluginCall): Promise<void> {
        const { request } = call;
        this.#refuseDebugger(request.getAttachDebugger());
        const options = optionsOf(request.getInfo());
        const plugin = pluginCommand(request);
        const child = this.#children.node([...options.nodeArguments, ...plugin.args], {
            cwd: plugin.cwd,
            env: environment(request.getEnvList()),
            stdio: ["ignore", "pipe", "pipe"],
        });
        call.on("cancelled", () => {
            this.#children.stop(child);
        });
        child.stdout?.on("data", (data: Buffer) => {
            call.write(new rpc.RunPluginResponse().setStdout(data));
        });
        child.stderr?.on("data", (data: Buffer) => {
            call.write(new rpc.RunPluginResponse().setStderr(data));
        });
        call.write(new rpc.RunPluginResponse().setExitcode(await exitCode(child)));
        call.end();
    }

    #refuseDebugger(wanted: boolean): void {
        if (wanted) throw new Error(`${this.#who} attaches no debugger; the official CLI does`);
    }
}

type Methods<Name extends keyof ILanguageRuntimeServer> = Pick<ILanguageRuntimeServer, Name>;

type PluginCall = ServerWritableStream<rpc.RunPluginRequest, rpc.RunPluginResponse>;

/** Exit code of the SDK's entry points where the error has been shown already. @see cmd/run/index.js */
const alreadyToldTheUser = 32;

function directoryOf(info: rpc.ProgramInfo | undefined): string {
    if (!info) throw new Error("the engine named no program");
    return info.getProgramDirectory();
}

function packagesOf(directory: string): rpc.GetRequiredPackagesResponse {
    return new rpc.GetRequiredPackagesResponse().setPackagesList(
        requiredPackages(directory).map(({ name, version }) =>
            new PackageDependency().setName(name).setKind("resource").setVersion(version),
        ),
    );
}

function optionsOf(info: rpc.ProgramInfo | undefined): RuntimeOptions {
    return runtimeOptions(info?.getOptions()?.toJavaScript() ?? {});
}

/** The SDK of the program itself, as the protocol between the two is the SDK's own affair. */
function entryPoint(command: string, directory: string): string {
    const from = createRequire(join(directory, "index.js"));
    try {
        return from.resolve(`@pulumi/pulumi/cmd/${command}`);
    } catch {
        throw new Error(`@pulumi/pulumi is not installed for ${directory}; run npm install there`);
    }
}

/** Command line of `cmd/run`. */
export function runArguments(request: rpc.RunRequest, engineAddress: string): string[] {
    const info = request.getInfo();
    const flags = {
        monitor: request.getMonitorAddress(),
        engine: engineAddress,
        organization: request.getOrganization(),
        project: request.getProject(),
        "root-directory": info?.getRootDirectory(),
        stack: request.getStack(),
        pwd: request.getPwd(),
        parallel: request.getParallel() === 0 ? undefined : String(request.getParallel()),
    };
    return [
        ...Object.entries(flags).flatMap(([name, value]) => (value ? [`--${name}`, value] : [])),
        ...(request.getDryrun() ? ["--dry-run"] : []),
        info?.getEntryPoint() ?? ".",
        ...request.getArgsList(),
    ];
}

/** What `cmd/run` reads from its environment: stack configuration and how TypeScript is loaded. */
export function runEnvironment(
    request: rpc.RunRequest,
    options: RuntimeOptions,
): Record<string, string> {
    return {
        PULUMI_NODEJS_TYPESCRIPT: String(options.typescript),
        ...(options.tsconfig === undefined
            ? {}
            : { PULUMI_NODEJS_TSCONFIG_PATH: options.tsconfig }),
        PULUMI_CONFIG: JSON.stringify(Object.fromEntries(request.getConfigMap().toArray())),
        PULUMI_CONFIG_SECRET_KEYS: JSON.stringify(request.getConfigsecretkeysList()),
    };
}

/** How a provider or a policy pack is started. Throws on another kind of plugin. */
export function pluginCommand(request: rpc.RunPluginRequest): { args: string[]; cwd: string } {
    const directory = directoryOf(request.getInfo());
    const kind = request.getKind();
    const addresses = request.getArgsList().filter((argument) => /^[^-].*:\d+$/.test(argument));
    if (kind === "analyzer") {
        // In its own folder: the entry point looks for tsconfig.json in the working directory.
        const args = [entryPoint("run-policy-pack", directory), ...addresses, directory];
        return { args, cwd: directory };
    }
    if (kind === "resource") {
        return {
            args: [entryPoint("run-plugin", directory), directory, ...addresses],
            cwd: request.getPwd() || directory,
        };
    }
    throw new Error(`the lab's nodejs language host runs no ${kind} plugins`);
}

function environment(lines: readonly string[]): Record<string, string> {
    return Object.fromEntries(
        lines.map((line): [string, string] => {
            const at = line.indexOf("=", 1);
            return [line.slice(0, at), line.slice(at + 1)];
        }),
    );
}
