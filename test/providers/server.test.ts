import { credentials, type Server, type ServiceError } from "@grpc/grpc-js";
import { ResourceProviderClient } from "@pulumi/pulumi/proto/provider_grpc_pb";
import * as rpc from "@pulumi/pulumi/proto/provider_pb";
import { Status } from "@pulumi/pulumi/proto/status_pb";
import { Empty } from "google-protobuf/google/protobuf/empty_pb";
import {
    InitializationError,
    PropertyError,
    unsupportedInputs,
    type CreateRequest,
    type Provider,
} from "../../lab/providers/resource";
import { ProviderServer } from "../../lab/providers/server";
import { fromStruct, Secret, toStruct, unknown } from "../../lab/providers/value";

const thing = "test:index:Thing";
let server: Server;
let client: ResourceProviderClient;
let create: (request: CreateRequest) => Promise<{ id: string; state: Record<string, string> }>;

const provider: Provider = {
    name: "test",
    version: "1.2.3",
    replaceOnConfig: ["place"],
    functions: { "test:index:answer": () => Promise.resolve({ answer: new Secret(42) }) },
    resource: (type) =>
        type === thing
            ? {
                  check: ({ news }) => ({ inputs: news, failures: unsupportedInputs(news, ["size"]) }),
                  diff: () => ({ changed: ["size"], replaces: ["size"], deleteBeforeReplace: true }),
                  create: (request) => create(request),
                  read: ({ id, state }) => (id === "gone" ? undefined : { id, state, inputs: state }),
                  delete: () => undefined,
              }
            : undefined,
};

beforeAll(async () => {
    const started = await new ProviderServer(provider).listen();
    server = started.server;
    client = new ResourceProviderClient(`127.0.0.1:${started.port}`, credentials.createInsecure());
});

afterAll(() => {
    client.close();
    server.forceShutdown();
});

/** Calls a method with one answer. */
function call<Request, Response>(
    method: (request: Request, done: (error: ServiceError | null, response: Response) => void) => unknown,
    request: Request,
): Promise<Response> {
    return new Promise((resolve, reject) => {
        method.call(client, request, (error, response) => {
            if (error) reject(error);
            else resolve(response);
        });
    });
}

const about = <Request extends { setUrn(urn: string): Request; setType(type: string): Request }>(
    request: Request,
    type = thing,
): Request => request.setUrn(`urn:pulumi:dev::test::${type}::one`).setType(type);

it("takes secrets and previews, and says its version", async () => {
    const handshake = await call(client.handshake, new rpc.ProviderHandshakeRequest());
    expect(handshake.getAcceptSecrets()).toBe(true);
    const configured = await call(client.configure, new rpc.ConfigureRequest());
    expect(configured.toObject()).toMatchObject({
        acceptsecrets: true,
        acceptresources: true,
        acceptoutputs: false,
        supportspreview: true,
    });
    expect((await call(client.getPluginInfo, new Empty())).getVersion()).toBe("1.2.3");
});

it("refuses an input that the kind does not have, and takes the one it has", async () => {
    const check = async (news: Record<string, number>) => {
        const response = await call(client.check, about(new rpc.CheckRequest().setNews(toStruct(news))));
        return response.getFailuresList().map((failure) => failure.toObject());
    };
    await expect(check({ size: 1 })).resolves.toEqual([]);
    await expect(check({ size: 1, colour: 2 })).resolves.toEqual([
        { property: "colour", reason: "is not supported by the lab's provider; it knows size" },
    ]);
});

it("names a resource, a function and an operation that it does not have", async () => {
    const request = about(new rpc.CheckRequest().setNews(toStruct({})), "test:index:Other");
    await expect(call(client.check, request)).rejects.toThrow(
        "the lab's test provider (1.2.3) has no resource test:index:Other",
    );
    await expect(
        call(client.invoke, new rpc.InvokeRequest().setTok("test:index:nothing")),
    ).rejects.toThrow("has no function test:index:nothing");
    await expect(call(client.update, about(new rpc.UpdateRequest()))).rejects.toThrow(
        `has no update in place of ${thing}`,
    );
    await expect(call(client.call, new rpc.CallRequest())).rejects.toMatchObject({ code: 12 });
});

it("answers a function", async () => {
    const response = await call(client.invoke, new rpc.InvokeRequest().setTok("test:index:answer"));
    expect(fromStruct(response.getReturn())["answer"]).toBeInstanceOf(Secret);
});

it("passes preview and unknown values on", async () => {
    let seen: CreateRequest | undefined;
    create = (request) => {
        seen = request;
        return Promise.resolve({ id: "", state: {} });
    };
    const properties = toStruct({ size: unknown });
    await call(client.create, about(new rpc.CreateRequest().setProperties(properties).setPreview(true)));
    expect(seen).toMatchObject({ preview: true, type: thing, inputs: { size: unknown } });
});

it("says what a diff replaces", async () => {
    const response = await call(client.diff, about(new rpc.DiffRequest()));
    expect(response.toObject()).toMatchObject({
        changes: rpc.DiffResponse.DiffChanges.DIFF_SOME,
        replacesList: ["size"],
        deletebeforereplace: true,
    });
});

it("tells a thing that is gone from one that is there", async () => {
    const read = async (id: string) =>
        (await call(client.read, about(new rpc.ReadRequest().setId(id)))).getId();
    await expect(read("gone")).resolves.toBe("");
    await expect(read("there")).resolves.toBe("there");
});

it("carries an error with its property, and a half-made thing with its state", async () => {
    create = () => Promise.reject(new PropertyError("size", "is 3; 2 at most"));
    const request = about(new rpc.CreateRequest().setProperties(toStruct({ size: 3 })));
    await expect(call(client.create, request)).rejects.toThrow("[size] is 3; 2 at most");

    const made = { id: "half", state: { size: new Secret("s") }, inputs: { size: 3 } };
    create = () => Promise.reject(new InitializationError(made, ["it does not start"]));
    const error = (await call(client.create, request).catch((caught: unknown) => caught)) as ServiceError;
    const [bytes] = error.metadata.get("grpc-status-details-bin");
    const [detail] = Status.deserializeBinary(Buffer.from(bytes ?? "")).getDetailsList();
    const failed = rpc.ErrorResourceInitFailed.deserializeBinary(detail?.getValue_asU8() ?? new Uint8Array());
    expect(failed.getId()).toBe("half");
    expect(failed.getReasonsList()).toEqual(["it does not start"]);
    expect(fromStruct(failed.getProperties())["size"]).toBeInstanceOf(Secret);
});

it("refuses configuration by default, and names what moves the provider elsewhere", async () => {
    const checked = async (news: Record<string, string>) =>
        (await call(client.checkConfig, new rpc.CheckRequest().setNews(toStruct(news)))).getFailuresList();
    await expect(checked({ version: "1.2.3" })).resolves.toEqual([]);
    expect((await checked({ place: "here" })).map((failure) => failure.getProperty())).toEqual(["place"]);

    const config = new rpc.DiffRequest()
        .setOldInputs(toStruct({ place: "here", speed: "1" }))
        .setNews(toStruct({ place: "there", speed: "2" }));
    expect((await call(client.diffConfig, config)).toObject()).toMatchObject({
        diffsList: ["place", "speed"],
        replacesList: ["place"],
    });
});

it("aborts what runs when the engine cancels", async () => {
    create = ({ signal }) =>
        new Promise((_, reject) => {
            signal.addEventListener("abort", () => {
                reject(signal.reason as Error);
            });
        });
    const running = call(client.create, about(new rpc.CreateRequest().setProperties(toStruct({}))));
    const ended = expect(running).rejects.toThrow("the operation was cancelled");
    await new Promise((resolve) => setTimeout(resolve, 100));
    await call(client.cancel, new Empty());
    await ended;
});
