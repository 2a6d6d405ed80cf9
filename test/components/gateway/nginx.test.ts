import { X509Certificate } from "node:crypto";
import { connect as connectHttp2 } from "node:http2";
import type { Server } from "node:https";
import { connect as connectTls, type ConnectionOptions } from "node:tls";
import { ClientCertificates } from "../../../components/gateway/nginxConf";
import { tlsProfile, TlsProfileName } from "../../../components/tls/profile";
import { Authority, type Credential } from "./credentials";
import { echo, exchange, plainExchange, portOf } from "./exchange";
import { freePort, RunningGateway, type Settings } from "./runningGateway";

jest.setTimeout(60_000);

const host = "gateway.local.bluefly.io";
const open = "open.local.bluefly.io";
const broken = "broken.local.bluefly.io";
const monitor = "prometheus.monitoring.svc";

let authority: Authority;
let gateway: RunningGateway;
let services: Server[];
let settings: Settings;
let server: Credential;
let client: Credential;

beforeAll(async () => {
    authority = await Authority.create();
    const stranger = await Authority.create();
    const leaf = (names: string[], use: "server" | "client") => authority.leaf({ names, use });
    server = await leaf([host, open, broken], "server");
    client = await leaf(["verifier.llm-platform.svc"], "client");
    services = [
        await echo(await leaf(["api.llm-platform.svc"], "server"), authority.root),
        await echo(
            await stranger.leaf({ names: ["other.llm-platform.svc"], use: "server" }),
            authority.root,
        ),
    ];
    const [api, other] = services.map(portOf) as [number, number];
    settings = {
        profile: tlsProfile(TlsProfileName.Fips),
        ports: { tls: await freePort(), redirect: await freePort(), metrics: await freePort() },
        servers: [
            {
                names: [host],
                clientCertificates: ClientCertificates.Required,
                upstream: { host: "api.llm-platform.svc", port: api },
            },
            {
                names: [open],
                clientCertificates: ClientCertificates.Optional,
                upstream: { host: "api.llm-platform.svc", port: api },
            },
            {
                names: [broken],
                clientCertificates: ClientCertificates.Required,
                upstream: { host: "other.llm-platform.svc", port: other },
            },
        ],
        metrics: { name: host, clients: [monitor] },
    };
    const files = {
        server,
        client: await leaf(["gateway.llm-platform.svc"], "client"),
        root: authority.root,
    };
    gateway = new RunningGateway(settings, files);
    // Exactly: a warning would be a directive that nginx does not take as it is meant.
    expect(await gateway.test()).toEqual({
        exitCode: 0,
        stderr: "",
        stdout:
            "nginx: the configuration file /etc/nginx-conf/nginx.conf syntax is ok\n" +
            "nginx: configuration file /etc/nginx-conf/nginx.conf test is successful\n",
    });
    await gateway.start();
});

afterAll(async () => {
    const output = await gateway.stop();
    for (const service of services) service.close();
    // Only nginx itself writes its log, and it has written all of it when it has ended.
    expect(audited(output, 200)).toMatchObject({
        server: host,
        protocol: "TLSv1.3",
        cipherSuite: "TLS_AES_256_GCM_SHA384",
        group: "prime256v1",
        clientVerified: "SUCCESS",
        clientSerial: new X509Certificate(client.cert).serialNumber,
    });
    expect(output).not.toMatch(/PRIVATE KEY|BEGIN CERTIFICATE|a=b|pcre/);
});

/** The first entry of the audit log about the test's own client. */
function audited(output: string, status: number): unknown {
    const { serialNumber } = new X509Certificate(client.cert);
    const entries = output.split("\n").filter((line) => line.startsWith("{"));
    return entries
        .map((line) => JSON.parse(line) as Record<string, string>)
        .find((entry) => entry.clientSerial === serialNumber && entry.status === String(status));
}

const to = (name: string, credential?: Credential) => ({
    port: settings.ports.tls,
    servername: name,
    headers: { host: name } as Record<string, string>,
    ca: authority.root,
    ...credential,
});

const seenBy = async (name: string, credential?: Credential, sent = {}) => {
    const { headers, ...target } = to(name, credential);
    const answer = await exchange({ ...target, headers: { ...headers, ...sent } });
    return JSON.parse(answer.body) as Record<string, string | undefined>;
};

const derOf = (credential: Credential): string =>
    new X509Certificate(credential.cert).raw.toString("base64");

describe("Client-Cert", () => {
    it.each([
        ["a P-256 key", { names: ["verifier.llm-platform.svc"] }],
        ["an RSA key", { names: ["verifier.llm-platform.svc"], rsa: true }],
        [
            "many names",
            {
                names: Array.from({ length: 40 }, (_, index) => `v${index}.llm-platform.svc`),
                rsa: true,
            },
        ],
    ])("carries a certificate with %s", async (_case, wishes) => {
        const credential = await authority.leaf({ use: "client", ...wishes });
        const headers = await seenBy(host, credential);
        expect(headers["client-cert"]).toBe(`:${derOf(credential)}:`);
    });

    it("carries none that is longer than any leaf should be, and the request has no identity", async () => {
        const names = Array.from({ length: 160 }, (_, index) => `v${index}.llm-platform.svc`);
        const headers = await seenBy(host, await authority.leaf({ names, use: "client" }));
        expect(headers["client-cert"]).toBeUndefined();
    });

    it("is absent where a client may come without a certificate and does", async () => {
        expect(await seenBy(open)).not.toHaveProperty("client-cert");
    });

    it("is stripped where a client writes it", async () => {
        const forged = { "Client-Cert": ":Zm9yZ2Vk:", "client-cert-chain": ":Zm9yZ2Vk:" };
        expect(JSON.stringify(await seenBy(open, undefined, forged))).not.toContain("Zm9yZ2Vk");
        const headers = await seenBy(host, client, { ...forged, Client_Cert: ":Zm9yZ2Vk:" });
        expect(headers["client-cert"]).toBe(`:${derOf(client)}:`);
        expect(JSON.stringify(headers)).not.toContain("Zm9yZ2Vk");
    });
});

describe("a client", () => {
    it("with a certificate is served over HTTP/2 and HTTP/1.1", async () => {
        expect((await exchange(to(host, client))).status).toBe(200);
        const session = connectHttp2(`https://${host}:${settings.ports.tls}`, {
            createConnection: () =>
                connectTls({ ...to(host, client), host: "127.0.0.1", ALPNProtocols: ["h2"] }),
        });
        const status = await new Promise((resolve, reject) => {
            session.on("error", reject);
            session.request({ ":path": "/" }).on("response", (headers) => {
                resolve(headers[":status"]);
            });
        });
        session.close();
        expect(status).toBe(200);
    });

    it("without a certificate is answered 400 where one is required", async () => {
        const { status, headers } = await exchange(to(host));
        expect(status).toBe(400);
        expect(headers["strict-transport-security"]).toBe("max-age=31536000; includeSubDomains");
    });

    it("with a certificate of another authority is answered 400 even where none is required", async () => {
        const stranger = await Authority.create();
        const foreign = await stranger.leaf({
            names: ["verifier.llm-platform.svc"],
            use: "client",
        });
        expect((await exchange(to(open, foreign))).status).toBe(400);
        expect((await exchange(to(host, foreign))).status).toBe(400);
    });

    it("that asks for an unknown name is rejected in the handshake", async () => {
        await expect(exchange(to("evil.example.com", client))).rejects.toThrow(
            "SSL alert number 112",
        );
    });

    it("that asks for one name in the handshake and for another in the request is closed or misdirected", async () => {
        const asking = (name: string) => exchange({ ...to(open), headers: { host: name } });
        await expect(asking("evil.example.com")).rejects.toMatchObject({ code: "ECONNRESET" });
        expect((await asking(host)).status).toBe(421);
    });

    it.each<[string, ConnectionOptions, number]>([
        ["TLS 1.2", { maxVersion: "TLSv1.2" }, 70],
        ["a suite outside the profile", { ciphers: "TLS_CHACHA20_POLY1305_SHA256" }, 40],
        ["a group outside the profile", { ecdhCurve: "X25519" }, 40],
    ])("with %s is refused", async (_case, options, alert) => {
        const refused = exchange({ ...to(host, client), ...options });
        await expect(refused).rejects.toThrow(`SSL alert number ${alert}`);
    });

    it("sees each security header once, on answers of the service too", async () => {
        const { headers } = await exchange(to(host, client));
        expect(headers).toMatchObject({
            "strict-transport-security": "max-age=31536000; includeSubDomains",
            "x-content-type-options": "nosniff",
            "x-frame-options": "DENY",
            "content-security-policy": "default-src 'none'; frame-ancestors 'none'",
            "referrer-policy": "no-referrer",
            server: "nginx",
        });
        expect(headers).not.toHaveProperty("x-xss-protection");
    });
});

it("does not talk to a service of another authority", async () => {
    expect((await exchange(to(broken, client))).status).toBe(502);
});

describe("plaintext", () => {
    const asking = (name: string, path = "/") =>
        plainExchange({ port: settings.ports.redirect, path, headers: { host: name } });

    it("is redirected to the same name", async () => {
        const { status, headers } = await asking(host, "/v1/whoami?a=b");
        expect(status).toBe(308);
        expect(headers.location).toBe(`https://${host}/v1/whoami?a=b`);
    });

    it("is closed for an unknown name", async () => {
        await expect(asking("evil.example.com")).rejects.toMatchObject({ code: "ECONNRESET" });
    });

    it("is refused on the port of TLS", async () => {
        const { status } = await plainExchange({
            port: settings.ports.tls,
            headers: { host },
        });
        expect(status).toBe(400);
    });
});

describe("observation", () => {
    const metrics = (credential?: Credential) =>
        exchange({ ...to(host, credential), port: settings.ports.metrics, path: "/metrics" });

    it("shows metrics to the monitor alone", async () => {
        const named = (commonName: string) =>
            authority.leaf({ names: [monitor], use: "client", commonName });
        const answer = await metrics(await named(monitor));
        expect(answer.status).toBe(200);
        expect(answer.headers["content-type"]).toBe("text/plain");
        expect(answer.body).toMatch(/^tls_reloads_total 0$/m);
        expect((await metrics(await named("prometheusXmonitoring.svc"))).status).toBe(403);
        expect((await metrics(await named(`${monitor}.evil`))).status).toBe(403);
        expect((await metrics(await named(`x, O=${monitor}`))).status).toBe(403);
        expect((await metrics(client)).status).toBe(403);
        expect((await metrics()).status).toBe(400);
    });

    it("answers a probe on the socket alone", async () => {
        const probe = await plainExchange({
            socketPath: gateway.run("health.sock"),
            path: "/healthz",
        });
        expect(probe.status).toBe(204);
        expect((await seenBy(host, client))["x-forwarded-proto"]).toBe("https");
    });
});

describe("reload", () => {
    const served = async () => (await exchange(to(open))).served;

    it("serves a renewed certificate, counts it, and keeps it where the next pair does not fit", async () => {
        const next = await authority.leaf({ names: [host, open], use: "server" });
        const fingerprint = new X509Certificate(next.cert).fingerprint256;
        expect(await served()).toBe(new X509Certificate(server.cert).fingerprint256);
        gateway.renew(next);
        await gateway.until("it is served", async () => (await served()) === fingerprint);
        await gateway.until("it is counted", () =>
            /^tls_reloads_total 1$/m.test(gateway.metrics()),
        );
        expect(gateway.metrics()).toMatch(/^tls_reload_failures_total 0$/m);

        gateway.renew({ cert: server.cert, key: next.key });
        await gateway.until("it is counted", () =>
            /^tls_reload_failures_total 1$/m.test(gateway.metrics()),
        );
        expect(await served()).toBe(fingerprint);
    });
});
