import { credentials, status, type Server, type ServiceError } from "@grpc/grpc-js";
import type { PluginInfo } from "@pulumi/pulumi/proto/plugin_pb";
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
                  check: ({ news }) => ({
                      inputs: news,
                      failures: unsupportedInputs(news, ["size"]),
                  }),
                  diff: () => ({
                      changed: ["size"],
                      replaces: ["size"],
                      deleteBeforeReplace: true,
                  }),
                  create: (request) => create(request),
                  read: ({ id, state }) =>
                      id === "gone" ? undefined : { id, state, inputs: state },
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

const about = <Request extends { setUrn(urn: string): Request; setType(type: string): Request }>(
    request: Request,
    type = thing,
): Request => request.setUrn(`urn:pulumi:dev::test::${type}::one`).setType(type);

it("takes secrets and previews, and says its version", async () => {
    const handshake = await ask<rpc.ProviderHandshakeResponse>((done) =>
        client.handshake(new rpc.ProviderHandshakeRequest(), done),
    );
    expect(handshake.getAcceptSecrets()).toBe(true);
    const configured = await ask<rpc.ConfigureResponse>((done) =>
        client.configure(new rpc.ConfigureRequest(), done),
    );
    expect(configured.toObject()).toMatchObject({
        acceptsecrets: true,
        acceptresources: false,
        acceptoutputs: false,
        supportspreview: true,
    });
    expect(
        (await ask<PluginInfo>((done) => client.getPluginInfo(new Empty(), done))).getVersion(),
    ).toBe("1.2.3");
});

it("refuses an input that the kind does not have, and takes the one it has", async () => {
    const check = async (news: Record<string, number>) => {
        const response = await ask<rpc.CheckResponse>((done) =>
            client.check(about(new rpc.CheckRequest().setNews(toStruct(news))), done),
        );
        return response.getFailuresList().map((failure) => failure.toObject());
    };
    await expect(check({ size: 1 })).resolves.toEqual([]);
    await expect(check({ size: 1, colour: 2 })).resolves.toEqual([
        { property: "colour", reason: "is not supported by the lab's provider; it knows size" },
    ]);
});

it("names a resource, a function and an operation that it does not have", async () => {
    const request = about(new rpc.CheckRequest().setNews(toStruct({})), "test:index:Other");
    await expect(ask<rpc.CheckResponse>((done) => client.check(request, done))).rejects.toThrow(
        "the lab's test provider (1.2.3) has no resource test:index:Other",
    );
    await expect(
        ask<rpc.InvokeResponse>((done) =>
            client.invoke(new rpc.InvokeRequest().setTok("test:index:nothing"), done),
        ),
    ).rejects.toThrow("has no function test:index:nothing");
    await expect(
        ask<rpc.UpdateResponse>((done) => client.update(about(new rpc.UpdateRequest()), done)),
    ).rejects.toThrow(`has no update in place of ${thing}`);
    await expect(
        ask<rpc.CallResponse>((done) => client.call(new rpc.CallRequest(), done)),
    ).rejects.toMatchObject({ code: 12 });
});

it("answers a function", async () => {
    const response = await ask<rpc.InvokeResponse>((done) =>
        client.invoke(new rpc.InvokeRequest().setTok("test:index:answer"), done),
    );
    expect(fromStruct(response.getReturn())["answer"]).toBeInstanceOf(Secret);
});

it("passes preview and unknown values on", async () => {
    let seen: CreateRequest | undefined;
    create = (request) => {
        seen = request;
        return Promise.resolve({ id: "", state: {} });
    };
    const properties = toStruct({ size: unknown });
    await ask<rpc.CreateResponse>((done) =>
        client.create(
            about(new rpc.CreateRequest().setProperties(properties).setPreview(true)),
            done,
        ),
    );
    expect(seen).toMatchObject({ preview: true, type: thing, inputs: { size: unknown } });
});

it("says what a diff replaces", async () => {
    const response = await ask<rpc.DiffResponse>((done) =>
        client.diff(about(new rpc.DiffRequest()), done),
    );
    expect(response.toObject()).toMatchObject({
        changes: rpc.DiffResponse.DiffChanges.DIFF_SOME,
        replacesList: ["size"],
        deletebeforereplace: true,
    });
});

it("tells a thing that is gone from one that is there", async () => {
    const read = async (id: string) =>
        (
            await ask<rpc.ReadResponse>((done) =>
                client.read(about(new rpc.ReadRequest().setId(id)), done),
            )
        ).getId();
    await expect(read("gone")).resolves.toBe("");
    await expect(read("there")).resolves.toBe("there");
});

it("carries an error with its property, and a half-made thing with its state", async () => {
    create = () => Promise.reject(new PropertyError("size", "is 3; 2 at most"));
    const request = about(new rpc.CreateRequest().setProperties(toStruct({ size: 3 })));
    await expect(ask<rpc.CreateResponse>((done) => client.create(request, done))).rejects.toThrow(
        "[size] is 3; 2 at most",
    );

    const made = { id: "half", state: { size: new Secret("s") }, inputs: { size: 3 } };
    create = () => Promise.reject(new InitializationError(made, ["it does not start"]));
    const error = (await ask<rpc.CreateResponse>((done) => client.create(request, done)).catch(
        (caught: unknown) => caught,
    )) as ServiceError;
    const [bytes] = error.metadata.get("grpc-status-details-bin");
    const [detail] = Status.deserializeBinary(Buffer.from(bytes ?? "")).getDetailsList();
    const failed = rpc.ErrorResourceInitFailed.deserializeBinary(
        detail?.getValue_asU8() ?? new Uint8Array(),
    );
    expect(failed.getId()).toBe("half");
    expect(failed.getReasonsList()).toEqual(["it does not start"]);
    expect(fromStruct(failed.getProperties())["size"]).toBeInstanceOf(Secret);
});

it("refuses configuration by default, and names what moves the provider elsewhere", async () => {
    const checked = async (news: Record<string, string>) =>
        (
            await ask<rpc.CheckResponse>((done) =>
                client.checkConfig(new rpc.CheckRequest().setNews(toStruct(news)), done),
            )
        ).getFailuresList();
    await expect(checked({ version: "1.2.3" })).resolves.toEqual([]);
    expect((await checked({ place: "here" })).map((failure) => failure.getProperty())).toEqual([
        "place",
    ]);

    const config = new rpc.DiffRequest()
        .setOldInputs(toStruct({ place: "here", speed: "1" }))
        .setNews(toStruct({ place: "there", speed: "2" }));
    expect(
        (await ask<rpc.DiffResponse>((done) => client.diffConfig(config, done))).toObject(),
    ).toMatchObject({
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
    const running = ask<rpc.CreateResponse>((done) =>
        client.create(about(new rpc.CreateRequest().setProperties(toStruct({}))), done),
    );
    const ended = expect(running).rejects.toThrow("the operation was cancelled");
    await new Promise((resolve) => setTimeout(resolve, 100));
    await ask<Empty>((done) => client.cancel(new Empty(), done));
    await ended;
});

it("says of what it does not do who does not do it", async () => {
    const parameterized = ask<rpc.ParameterizeResponse>((done) =>
        client.parameterize(new rpc.ParameterizeRequest(), done),
    );
    await expect(parameterized).rejects.toMatchObject({
        code: status.UNIMPLEMENTED,
        details: "the lab's test provider (1.2.3) has no parameterize",
    });
});
