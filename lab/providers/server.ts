import { Server, ServerCredentials, type UntypedServiceImplementation } from "@grpc/grpc-js";
import { PluginInfo, type PluginAttach } from "@pulumi/pulumi/proto/plugin_pb";
import {
    ResourceProviderService,
    type IResourceProviderServer,
} from "@pulumi/pulumi/proto/provider_grpc_pb";
import * as rpc from "@pulumi/pulumi/proto/provider_pb";
import { Empty } from "google-protobuf/google/protobuf/empty_pb";
import { changedInputs } from "./compare";
import { EngineLog } from "./engineLog";
import {
    unsupportedInputs,
    type Call,
    type CheckResult,
    type Provider,
    type Resource,
} from "./resource";
import { unary, unsupported } from "./unary";
import { fromStruct, toStruct } from "./value";

/**
 * Answers the Pulumi engine as a resource plugin. Written on the protocol itself, since `@pulumi/pulumi/provider` knows neither
 * previews nor secrets.
 *
 * @see https://github.com/pulumi/pulumi/blob/v3.259.0/proto/pulumi/provider.proto
 */
export class ProviderServer {
    readonly #log = new EngineLog();
    readonly #cancelled = new AbortController();

    constructor(private readonly provider: Provider) {}

    /** Listens on a free port of 127.0.0.1 and tells it. */
    public async listen(engineAddress?: string): Promise<{ server: Server; port: number }> {
        this.#log.connect(engineAddress);
        const server = new Server({ "grpc.max_receive_message_length": largestMessageBytes });
        server.addService(ResourceProviderService, this.#implementation());
        const port = await new Promise<number>((resolve, reject) => {
            server.bindAsync("127.0.0.1:0", ServerCredentials.createInsecure(), (error, bound) => {
                if (error) reject(error);
                else resolve(bound);
            });
        });
        return { server, port };
    }

    #implementation(): UntypedServiceImplementation {
        return {
            ...this.#plugin(),
            ...this.#configuration(),
            ...this.#planning(),
            ...this.#doing(),
        };
    }

    #plugin(): UntypedServiceImplementation {
        const { name, version } = this.provider;
        return {
            handshake: unary((request: rpc.ProviderHandshakeRequest) => {
                this.#log.connect(request.getEngineAddress());
                return new rpc.ProviderHandshakeResponse()
                    .setAcceptSecrets(true)
                    .setAcceptResources(false);
            }),
            attach: unary((request: PluginAttach) => {
                this.#log.connect(request.getAddress());
                return new Empty();
            }),
            getPluginInfo: unary(() => new PluginInfo().setVersion(version)),
            // Enough for `pulumi package get-schema` to say what answers; the SDKs are the official ones.
            getSchema: unary(() =>
                new rpc.GetSchemaResponse().setSchema(
                    JSON.stringify({ name, version, resources: {}, functions: {} }),
                ),
            ),
            cancel: unary(() => {
                this.#cancelled.abort(new Error("the operation was cancelled"));
                return new Empty();
            }),
            ...unsupported(
                this.#who,
                "parameterize",
                "call",
                "list",
                "construct",
                "getMapping",
                "getMappings",
            ),
        };
    }

    #configuration(): Methods<"checkConfig" | "diffConfig" | "configure" | "invoke"> {
        const { provider } = this;
        return {
            checkConfig: unary((request: rpc.CheckRequest) => {
                const news = fromStruct(request.getNews());
                return checked(
                    provider.checkConfig?.(news) ?? {
                        inputs: news,
                        failures: unsupportedInputs(news, ["version", "pluginDownloadURL"]),
                    },
                );
            }),
            diffConfig: unary((request: rpc.DiffRequest) => {
                const oldInputs = fromStruct(request.getOldInputs());
                const changed = changedInputs({ oldInputs, news: fromStruct(request.getNews()) });
                const places = provider.replaceOnConfig ?? [];
                return differences({
                    changed,
                    replaces: changed.filter((key) => places.includes(key)),
                });
            }),
            configure: unary(async (request: rpc.ConfigureRequest) => {
                await provider.configure?.(fromStruct(request.getArgs()));
                return new rpc.ConfigureResponse()
                    .setAcceptsecrets(true)
                    .setAcceptresources(false)
                    .setSupportspreview(true)
                    .setAcceptoutputs(false);
            }),
            invoke: unary(async (request: rpc.InvokeRequest) => {
                const token = request.getTok();
                const call = provider.functions?.[token];
                if (!call) throw this.#noSuch("function", token);
                return new rpc.InvokeResponse().setReturn(
                    toStruct(await call(fromStruct(request.getArgs()))),
                );
            }),
        };
    }

    #planning(): Methods<"check" | "diff" | "read"> {
        return {
            check: unary(async (request: rpc.CheckRequest) => {
                const result = await this.#kind(request).check({
                    ...this.#call(request),
                    olds: fromStruct(request.getOlds()),
                    news: fromStruct(request.getNews()),
                });
                return checked(result);
            }),
            diff: unary(async (request: rpc.DiffRequest) => {
                const result = await this.#kind(request).diff({
                    ...this.#call(request),
                    id: request.getId(),
                    oldInputs: fromStruct(request.getOldInputs()),
                    state: fromStruct(request.getOlds()),
                    news: fromStruct(request.getNews()),
                    ignoreChanges: request.getIgnorechangesList(),
                });
                return differences(result);
            }),
            read: unary(async (request: rpc.ReadRequest) => {
                const inputs = request.getInputs();
                const found = await this.#kind(request).read({
                    ...this.#call(request),
                    id: request.getId(),
                    state: fromStruct(request.getProperties()),
                    inputs: inputs && fromStruct(inputs),
                });
                // An empty id is how the engine is told that the thing is gone.
                if (!found) return new rpc.ReadResponse();
                return new rpc.ReadResponse()
                    .setId(found.id)
                    .setProperties(toStruct(found.state))
                    .setInputs(toStruct(found.inputs));
            }),
        };
    }

    #doing(): Methods<"create" | "update" | "delete"> {
        return {
            create: unary(async (request: rpc.CreateRequest) => {
                const made = await this.#kind(request).create({
                    ...this.#call(request),
                    inputs: fromStruct(request.getProperties()),
                    preview: request.getPreview(),
                    timeoutSeconds: request.getTimeout(),
                });
                return new rpc.CreateResponse().setId(made.id).setProperties(toStruct(made.state));
            }),
            update: unary(async (request: rpc.UpdateRequest) => {
                const kind = this.#kind(request);
                if (!kind.update) throw this.#noSuch("update in place of", request.getType());
                const state = await kind.update({
                    ...this.#call(request),
                    id: request.getId(),
                    inputs: fromStruct(request.getNews()),
                    oldInputs: fromStruct(request.getOldInputs()),
                    state: fromStruct(request.getOlds()),
                    ignoreChanges: request.getIgnorechangesList(),
                    preview: request.getPreview(),
                    timeoutSeconds: request.getTimeout(),
                });
                return new rpc.UpdateResponse().setProperties(toStruct(state));
            }),
            delete: unary(async (request: rpc.DeleteRequest) => {
                await this.#kind(request).delete({
                    ...this.#call(request),
                    id: request.getId(),
                    state: fromStruct(request.getProperties()),
                    oldInputs: fromStruct(request.getOldInputs()),
                    timeoutSeconds: request.getTimeout(),
                });
                return new Empty();
            }),
        };
    }

    #kind(request: AboutResource): Resource {
        const kind = this.provider.resource(request.getType());
        if (!kind) throw this.#noSuch("resource", request.getType());
        return kind;
    }

    #call(request: AboutResource): Call {
        const urn = request.getUrn();
        return {
            urn,
            type: request.getType(),
            name: request.getName(),
            signal: this.#cancelled.signal,
            log: this.#log.on(urn),
        };
    }

    #noSuch(what: string, token: string): Error {
        return new Error(`${this.#who} has no ${what} ${token}; the official plugin has`);
    }

    get #who(): string {
        return `the lab's ${this.provider.name} provider (${this.provider.version})`;
    }
}

/** The engine's own limit, as a chart of CRDs may be large. */
const largestMessageBytes = 400 * 1024 * 1024;

type Methods<Name extends keyof IResourceProviderServer> = Pick<IResourceProviderServer, Name>;

interface AboutResource {
    getUrn(): string;
    getType(): string;
    getName(): string;
}

function checked({ inputs, failures = [] }: CheckResult): rpc.CheckResponse {
    return new rpc.CheckResponse()
        .setInputs(toStruct(inputs))
        .setFailuresList(
            failures.map(({ property, reason }) =>
                new rpc.CheckFailure().setProperty(property).setReason(reason),
            ),
        );
}

function differences(diff: Awaited<ReturnType<Resource["diff"]>>): rpc.DiffResponse {
    const { DIFF_NONE, DIFF_SOME } = rpc.DiffResponse.DiffChanges;
    return new rpc.DiffResponse()
        .setChanges(diff.changed.length === 0 ? DIFF_NONE : DIFF_SOME)
        .setDiffsList([...diff.changed])
        .setReplacesList([...(diff.replaces ?? [])])
        .setDeletebeforereplace(diff.deleteBeforeReplace ?? false);
}

/**
 * Runs a provider as the plugin that the engine starts: the port on the first line of stdout, the engine's address as argument.
 * It ends with the engine, even one that was killed: stdin is a pipe that the engine holds.
 */
export async function serve(provider: Provider): Promise<void> {
    const engineAddress = process.argv.slice(2).find((argument) => !argument.startsWith("-"));
    const { port } = await new ProviderServer(provider).listen(engineAddress);
    process.stdin.on("end", () => process.exit(0)).resume();
    process.stdout.write(`${port}\n`);
}
