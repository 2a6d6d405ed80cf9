import { ask, until } from "../client";
import type { Credential } from "../pki";
import { prometheus, verifier } from "../running";
import { event, open, seen, tokenFor } from "./conversation";
import { RunningTracer } from "./runningTracer";

let running: RunningTracer;
let monitor: Credential;
let client: Credential;

beforeAll(async () => {
    running = await RunningTracer.start();
    monitor = await running.pki.client(prometheus);
    client = await running.pki.client(verifier);
});

afterAll(() => running.stop());

const metrics = (credential: Credential) =>
    ask({ ...running.as(credential), port: running.service.metricsPort, path: "/metrics" });

async function samples(): Promise<Record<string, string>> {
    const { body } = await metrics(monitor);
    return Object.fromEntries(
        [...body.matchAll(/^((?:tracer|jwks)_\S+) (\S+)$/gm)].map(([, name, value]) => [
            name ?? "",
            value ?? "",
        ]),
    );
}

it("tells Prometheus, and nobody else, not even an allowed client", async () => {
    const { status, body } = await metrics(monitor);
    expect(status).toBe(200);
    expect(body).toMatch(/^ssl_certificate_expiry_seconds \d+$/m);
    expect((await metrics(client)).status).toBe(403);
});

it("counts sockets, events and refusals", async () => {
    const conversation = await open(running, client, { headers: tokenFor(running, client) });
    await conversation.ask(event());
    await conversation.ask(event());
    expect(await samples()).toEqual({
        tracer_sockets_open: "1",
        tracer_span_events_total: "2",
        jwks_keys: "1",
        jwks_reloads_total: "0",
        jwks_reload_failures_total: "0",
    });
    await conversation.ask("{");
    await until(() => running.log.events("stream_closed").length === 1, "the end of the socket");
    await seen(running, client);
    expect(await samples()).toEqual({
        tracer_sockets_open: "0",
        'tracer_sockets_closed_total{reason="malformed"}': "1",
        'tracer_requests_refused_total{code="token_required"}': "1",
        tracer_span_events_total: "2",
        jwks_keys: "1",
        jwks_reloads_total: "0",
        jwks_reload_failures_total: "0",
    });
});
