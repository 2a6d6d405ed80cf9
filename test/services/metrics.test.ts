import { as, ask } from "./client";
import type { Credential } from "./pki";
import { prometheus, Running, verifier } from "./running";

let running: Running;
let prometheusClient: Credential;

beforeAll(async () => {
    running = await Running.start();
    prometheusClient = await running.pki.client(prometheus);
});

afterAll(() => running.stop());

const metricsPort = (credential: Credential) => ({
    ...as(running, credential),
    port: running.service.metricsPort,
});

it("answers Prometheus", async () => {
    const { status, headers, body } = await ask({
        ...metricsPort(prometheusClient),
        path: "/metrics",
    });
    expect(status).toBe(200);
    expect(headers["content-type"]).toMatch(/^text\/plain; version=0\.0\.4/);
    const names = [...body.matchAll(/^# TYPE (\S+) (\S+)$/gm)].map(
        (match) => `${match[1]} ${match[2]}`,
    );
    expect(names).toEqual([
        "tls_reloads_total counter",
        "tls_reload_failures_total counter",
        "ssl_certificate_expiry_seconds gauge",
        "tls_certificate_info gauge",
    ]);
});

it("answers nobody else, not even an allowed client of the api", async () => {
    const client = await running.pki.client(verifier);
    expect((await ask({ ...metricsPort(client), path: "/metrics" })).status).toBe(403);
    expect((await ask({ ...as(running, client), path: "/v1/whoami" })).status).toBe(200);
    expect(running.log.events("metrics_refused")).toEqual([
        expect.objectContaining({ peer: verifier }),
    ]);
});

it("has nothing else", async () => {
    expect((await ask({ ...metricsPort(prometheusClient), path: "/" })).status).toBe(404);
    expect(
        (await ask({ ...metricsPort(prometheusClient), path: "/metrics", method: "POST" })).status,
    ).toBe(404);
});

it("is no way into the api, nor the api into the metrics", async () => {
    expect((await ask({ ...metricsPort(prometheusClient), path: "/v1/whoami" })).status).toBe(404);
    expect((await ask({ ...as(running, prometheusClient), path: "/metrics" })).status).toBe(403);
});
