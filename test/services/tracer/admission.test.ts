import { connect as connectPlain } from "node:net";
import { forwarded, until } from "../client";
import { type Credential, hour, Pki } from "../pki";
import { gateway, verifier } from "../running";
import { connect, event, failure, open, seen, tokenFor, type Wish } from "./conversation";
import { RunningTracer } from "./runningTracer";

let running: RunningTracer;
let client: Credential;
let gatewayClient: Credential;
let stranger: Credential;

beforeAll(async () => {
    running = await RunningTracer.start();
    client = await running.pki.client(verifier);
    gatewayClient = await running.pki.client(gateway);
    stranger = await running.pki.client("stranger.llm-platform.svc");
});

afterAll(() => running.stop());

/** A wish with a good token, so that nothing but what is asked about can be refused. */
const wish = ({ headers, ...more }: Wish = {}): Wish => ({
    ...more,
    headers: { ...tokenFor(running, client), ...headers },
});

const accepted = [101, ""];
const lastRequest = () => running.log.events("request").at(-1);

/** The permitted twin of every refusal below. */
const expectGoodClientServed = async () => {
    expect(await seen(running, client, wish())).toEqual(accepted);
};

describe("the connection", () => {
    const past = {
        notBefore: new Date(Date.now() - 2 * hour),
        notAfter: new Date(Date.now() - hour),
    };

    it.each<[string, () => Promise<[Credential | undefined, Wish]>, string, string]>([
        [
            "TLS 1.2",
            () =>
                Promise.resolve([
                    client,
                    wish({ tls: { minVersion: "TLSv1.2", maxVersion: "TLSv1.2" } }),
                ]),
            "EPROTO",
            "ERR_SSL_UNSUPPORTED_PROTOCOL",
        ],
        [
            "no certificate",
            () => Promise.resolve([undefined, wish()]),
            "ERR_SSL_TLSV13_ALERT_CERTIFICATE_REQUIRED",
            "ERR_SSL_PEER_DID_NOT_RETURN_A_CERTIFICATE",
        ],
        [
            "a certificate of another CA",
            async () => [await (await Pki.create("other")).client(verifier), wish()],
            "ECONNRESET",
            "UNABLE_TO_GET_ISSUER_CERT_LOCALLY",
        ],
        [
            "an expired certificate",
            async () => [await running.pki.client(verifier, past), wish()],
            "ECONNRESET",
            "CERT_HAS_EXPIRED",
        ],
        [
            "an unknown host name",
            () => Promise.resolve([client, wish({ tls: { servername: "api.llm-platform.svc" } })]),
            "ECONNRESET",
            "unrecognized_name",
        ],
    ])("is refused with %s", async (_case, question, code, reason) => {
        await expectGoodClientServed();
        const before = running.log.events("handshake_refused").length;
        expect(await failure(running, ...(await question()))).toBe(code);
        const lines = () => running.log.events("handshake_refused").slice(before);
        await until(() => lines().length > 0, "a line in the log");
        expect(lines()).toEqual([expect.objectContaining({ reason })]);
    });

    it("is refused in plaintext, without an answer", async () => {
        const received = await new Promise<string>((resolve) => {
            let text = "";
            const socket = connectPlain(running.service.port, "127.0.0.1");
            socket.on("data", (chunk) => (text += chunk.toString("latin1")));
            socket.on("error", () => undefined);
            socket.on("close", () => {
                resolve(text);
            });
            socket.write("GET /stream HTTP/1.1\r\nHost: tracer\r\nUpgrade: websocket\r\n\r\n");
        });
        expect(received).not.toContain("HTTP");
        await expectGoodClientServed();
    });
});

describe("the client", () => {
    const through = (certificate: string, more: object = {}) =>
        wish({ headers: { "Client-Cert": certificate, ...more } });

    it("may come by the gateway, which forwards the certificate that the token is bound to", async () => {
        expect(await seen(running, gatewayClient, through(forwarded(client)))).toEqual(accepted);
        expect(running.log.events("stream_opened").at(-1)).toMatchObject({
            identity: verifier,
            via: "gateway",
            peer: gateway,
            jti: "token-1",
        });
    });

    it.each([
        ["of itself", () => forwarded(client)],
        ["of somebody else", () => forwarded(stranger)],
        ["that is empty", () => ""],
    ])("may not send a Client-Cert %s directly", async (_case, header) => {
        await expectGoodClientServed();
        const refused = [400, { error: "client_cert_forbidden" }];
        expect(await seen(running, client, through(header()))).toEqual(refused);
    });

    it("may not have a chain forwarded", async () => {
        const chain = { "Client-Cert-Chain": forwarded(running.pki.intermediate) };
        const question = through(forwarded(client), chain);
        const refused = [400, { error: "client_cert_forbidden" }];
        expect(await seen(running, gatewayClient, question)).toEqual(refused);
    });

    it.each<[string, () => Promise<string | undefined>, [number, string]]>([
        ["no certificate", () => Promise.resolve(undefined), [401, "client_cert_required"]],
        ["something else", () => Promise.resolve("Zm9v"), [400, "malformed"]],
        [
            "another certificate of the same identity",
            async () => forwarded(await running.pki.client(verifier)),
            [401, "token_invalid"],
        ],
        [
            "a stranger's certificate",
            () => Promise.resolve(forwarded(stranger)),
            [403, "identity_not_allowed"],
        ],
    ])("is refused where the gateway forwards %s", async (_case, header, [status, error]) => {
        const given = await header();
        const question = wish(given === undefined ? {} : { headers: { "Client-Cert": given } });
        expect(await seen(running, gatewayClient, question)).toEqual([status, { error }]);
    });

    it("is not the gateway, even with a token of its own", async () => {
        const headers = tokenFor(running, gatewayClient);
        const refused = [401, { error: "client_cert_required" }];
        expect(await seen(running, gatewayClient, { headers })).toEqual(refused);
        const question = through(forwarded(client), headers);
        expect(await seen(running, gatewayClient, question)).toEqual([
            401,
            { error: "token_invalid" },
        ]);
    });

    it("must be on the list", async () => {
        const headers = tokenFor(running, stranger);
        const refused = [403, { error: "identity_not_allowed" }];
        expect(await seen(running, stranger, { headers })).toEqual(refused);
        await expectGoodClientServed();
    });
});

it("shows nothing of an error of its own", async () => {
    const broken = jest.spyOn(running.service.keys, "current", "get").mockImplementation(() => {
        throw new Error("broken inside");
    });
    expect(await seen(running, client, wish())).toEqual([500, { error: "internal_error" }]);
    expect(lastRequest()).toMatchObject({ outcome: "failed", reason: "broken inside" });
    broken.mockRestore();
    await expectGoodClientServed();
});

const stillOpen = () =>
    running.log.events("stream_opened").length - running.log.events("stream_closed").length;
const allClosed = () => until(() => stillOpen() === 0, "the end of every socket");

it("counts sockets by identity, also those that ask at the same time", async () => {
    await allClosed();
    const outcomes = await Promise.all(
        Array.from({ length: 12 }, () => connect(running, client, wish())),
    );
    const opened = outcomes.flatMap((each) => ("conversation" in each ? [each.conversation] : []));
    expect(opened).toHaveLength(8);
    const refused = outcomes.filter((each) => "status" in each);
    expect(refused).toHaveLength(4);
    expect(refused[0]).toMatchObject({
        status: 429,
        body: '{"error":"too_many_sockets"}',
        headers: { "retry-after": "1" },
    });
    expect(await opened[0]?.ask(event())).toBe('{"ack":1}');
    await opened[1]?.leave();
    await until(() => stillOpen() === 7, "the end of one socket");
    const next = await open(running, client, wish());
    await Promise.all([next, ...opened].map((each) => each.leave()));
});
