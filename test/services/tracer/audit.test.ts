import { forwarded, until } from "../client";
import type { Credential } from "../pki";
import { gateway, verifier } from "../running";
import { event, open, seen, tokenFor } from "./conversation";
import { RunningTracer } from "./runningTracer";

let running: RunningTracer;
let client: Credential;
let gatewayClient: Credential;

beforeEach(async () => {
    running = await RunningTracer.start();
    client = await running.pki.client(verifier);
    gatewayClient = await running.pki.client(gateway);
});

afterEach(() => running.stop());

const who = {
    requestId: "from-gateway-1",
    identity: verifier,
    via: "gateway",
    subject: "agent-7",
    jti: "token-1",
    keyId: "key-1",
    peer: gateway,
    address: expect.stringMatching(/127\.0\.0\.1$/) as string,
    method: "GET",
    path: "/stream",
};

const throughGateway = (more: object = {}) => ({
    headers: {
        ...tokenFor(running, client),
        "Client-Cert": forwarded(client),
        "X-Request-Id": "from-gateway-1",
        ...more,
    },
});

it("says who opened what with which token, from where, on which way, and how it ended", async () => {
    const conversation = await open(running, gatewayClient, throughGateway());
    await conversation.ask(event());
    await conversation.ask(event());
    await conversation.leave();
    const closed = () => running.log.events("stream_closed");
    await until(() => closed().length === 1, "the end of the socket");
    expect(running.log.events("stream_opened")).toEqual([
        { event: "stream_opened", ...who, message: "stream opened" },
    ]);
    expect(closed()).toEqual([
        {
            event: "stream_closed",
            ...who,
            code: 1000,
            reason: "client",
            events: 2,
            durationMs: expect.any(Number) as number,
            message: "stream closed",
        },
    ]);
});

it("names the code of a refusal and its reason, and no token that was not believed", async () => {
    await seen(running, gatewayClient, throughGateway({ Authorization: "Bearer x.y.z" }));
    expect(running.log.events("request")).toEqual([
        {
            event: "request",
            ...who,
            subject: undefined,
            jti: undefined,
            keyId: undefined,
            status: 401,
            outcome: "refused",
            code: "token_invalid",
            reason: "ERR_JWS_INVALID",
            message: "request",
        },
    ]);
});

it("believes no request id but the gateway's", async () => {
    const headers = { ...tokenFor(running, client), "X-Request-Id": "mine" };
    await seen(running, client, { headers });
    const [line] = running.log.events("stream_opened");
    expect(line?.requestId).toMatch(/^[0-9a-f-]{36}$/);
});

it("holds nothing of what is sent but its number", async () => {
    const conversation = await open(running, client, { headers: tokenFor(running, client) });
    await conversation.ask(event("plantedName"));
    conversation.socket.close(4000, "plantedReason");
    await conversation.ended;
    await until(() => running.log.events("stream_closed").length === 1, "the end of the socket");
    expect(running.log.events("stream_closed")[0]).toMatchObject({ code: 4000, reason: "client" });
    const log = JSON.stringify(running.log.lines);
    expect(log).not.toMatch(/planted|BEGIN|MII|eyJ|Bearer/);
});
