import { mkdtempSync, rmSync } from "node:fs";
import type { RequestListener } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { json } from "node:stream/consumers";
import { Registry } from "prom-client";
import { postgresFiles } from "../../components/postgres/postgresPods";
import { TlsProfileName } from "../../components/tls/profile";
import { readConfig } from "../../services/orders/config";
import { startService } from "../../services/orders/service";
import {
    createTlsServer,
    listen,
    peerIdentity,
    ReloadingCertificate,
    type RunningService,
    TlsMetrics,
} from "../../services/tls";
import { Authority, type Credential } from "../components/gateway/credentials";
import { freePort } from "../components/gateway/runningGateway";
import { RunningPostgres } from "../components/postgres/runningPostgres";
import { seen } from "./client";
import { Mount } from "./mount";
import { MemoryLog, profile } from "./running";

jest.setTimeout(90_000);

/** The team's service with the real PostgreSQL, and a server over mutual TLS in the place of the platform's api. */
const apiHost = "api.llm-platform.svc";
const postgresHost = "postgres.llm-platform-data.svc";
const receipt = "4c1a9cf0-9c62-4b0c-8a55-0d6a1b2c3d4e";
const mounts: Mount[] = [];
const folder = mkdtempSync(join(tmpdir(), "orders-"));
const log = new MemoryLog();

let authority: Authority;
let postgres: RunningPostgres;
let service: RunningService;
let api: ReturnType<typeof createTlsServer>;
let apiStatus = 201;
const kept: {
    readonly peer: string | undefined;
    readonly path: string | undefined;
    readonly sent: unknown;
}[] = [];

function mount(files: Readonly<Record<string, string>>): Mount {
    const made = new Mount(files);
    mounts.push(made);
    return made;
}

const filesOf = ({ cert, key }: Credential) => ({
    certificateDirectory: mount({ "tls.crt": cert, "tls.key": key }).directory,
    trustFile: mount({ "ca.crt": authority.root }).path("ca.crt"),
});

const server = (name: string) => authority.leaf({ names: [name], use: "server" });

const answer: RequestListener = (request, response) => {
    void json(request).then((sent) => {
        kept.push({ peer: peerIdentity(request), path: request.url, sent });
        response.writeHead(apiStatus).end(JSON.stringify({ id: receipt }));
    });
};

async function startApi(): Promise<number> {
    const certificate = new ReloadingCertificate({
        files: filesOf(await server(apiHost)),
        policy: profile,
        metrics: new TlsMetrics(new Registry()),
        log,
        clock: () => new Date(),
    });
    api = createTlsServer({ certificate, policy: profile, log }, answer);
    return listen(api, 0);
}

beforeAll(async () => {
    authority = await Authority.create();
    const port = await freePort();
    const roles = { roles: [{ role: "orders_app", database: "orders" }], replicationRoles: [] };
    const password = "correct-horse-battery-staple-0002";
    postgres = new RunningPostgres({
        files: postgresFiles(TlsProfileName.Modern, roles, port),
        server: await server(postgresHost),
        root: authority.root,
        passwords: { orders_app: password },
    });
    await postgres.start();
    const client = {
        names: ["orders.orders.svc"],
        use: "client" as const,
        commonName: "orders_app",
    };
    service = await startService(
        {
            port: 0,
            metricsPort: 0,
            files: filesOf(await server("orders.orders.svc")),
            clientFiles: filesOf(await authority.leaf(client)),
            policy: profile,
            allowedClients: ["web.orders.svc"],
            metricsClients: ["prometheus.monitoring.svc"],
            connectionMaxAgeSeconds: 3600,
            drainSeconds: 1,
            healthSocket: join(folder, "health.sock"),
            api: { host: "127.0.0.1", port: await startApi(), servername: apiHost },
            postgres: {
                host: "127.0.0.1",
                servername: postgresHost,
                port,
                database: "orders",
                role: "orders_app",
                passwordFile: mount({ password }).path("password"),
            },
        },
        { log, clock: () => new Date(), random: () => 0.5 },
    );
});

afterAll(async () => {
    await service.drain();
    api.close();
    await postgres.end();
    postgres.remove();
    for (const one of mounts) one.remove();
    rmSync(folder, { recursive: true });
});

beforeEach(() => {
    apiStatus = 201;
    kept.length = 0;
});

const web = () => authority.leaf({ names: ["web.orders.svc"], use: "client" });

async function ask(method: string, path: string, sent?: object, as = web()) {
    const { cert, key } = await as;
    return seen({
        host: "127.0.0.1",
        port: service.port,
        servername: "orders.orders.svc",
        ca: authority.root,
        agent: false,
        cert,
        key,
        method,
        path,
        ...(sent && {
            headers: { "Content-Type": "application/json" },
            body: JSON.stringify(sent),
        }),
    });
}

it("keeps an order in its database, with a receipt at the platform's api by its own identity", async () => {
    const [status, order] = await ask("POST", "/v1/orders", { item: "3 chairs" });
    expect([status, order]).toEqual([
        201,
        { id: expect.any(String) as string, item: "3 chairs", receipt },
    ]);
    expect(kept).toEqual([
        { peer: "orders.orders.svc", path: "/v1/records", sent: { body: "3 chairs" } },
    ]);
    const { id } = order as { id: string };
    expect(await ask("GET", `/v1/orders/${id}`)).toEqual([200, order]);
});

it("says no more than that the api does not do its part", async () => {
    apiStatus = 403;
    expect(await ask("POST", "/v1/orders", { item: "a lamp" })).toEqual([
        503,
        { error: "platform_unavailable" },
    ]);
    expect(log.events("order_refused").at(-1)).toMatchObject({ reason: "api: answered 403" });
});

it.each<[string, Parameters<typeof ask>, [number, object]]>([
    [
        "an order that is none",
        ["POST", "/v1/orders", { thing: "a lamp" }],
        [400, { error: "malformed" }],
    ],
    ["an order that is not there", ["GET", `/v1/orders/${receipt}`], [404, { error: "not_found" }]],
    ["an id that is none", ["GET", "/v1/orders/1"], [404, { error: "not_found" }]],
    ["a path that is none", ["GET", "/v2/orders"], [404, { error: "not_found" }]],
])("refuses %s", async (_case, question, expected) => {
    expect(await ask(...question)).toEqual(expected);
    expect(kept).toEqual([]);
});

it("refuses whoever is not on its list", async () => {
    const other = authority.leaf({ names: ["other.orders.svc"], use: "client" });
    expect(await ask("POST", "/v1/orders", { item: "a lamp" }, other)).toEqual([
        403,
        { error: "identity_not_allowed" },
    ]);
    expect(kept).toEqual([]);
});

describe("the configuration", () => {
    const env = {
        PORT: "3003",
        METRICS_PORT: "9443",
        TLS_CERTIFICATE_DIR: "/etc/certs",
        TLS_TRUST_FILE: "/etc/trust/ca.crt",
        TLS_CIPHER_SUITES: "TLS_AES_256_GCM_SHA384",
        TLS_GROUPS: "prime256v1",
        METRICS_CLIENTS: "prometheus.monitoring.svc",
        CONNECTION_MAX_AGE_SECONDS: "3600",
        DRAIN_SECONDS: "20",
        ALLOWED_CLIENTS: "web.orders.svc",
        TLS_CLIENT_CERTIFICATE_DIR: "/etc/client-certs",
        API_HOST: "api.llm-platform.svc",
        API_PORT: "3001",
        POSTGRES_HOST: "postgres.llm-platform-data.svc",
        POSTGRES_PORT: "5432",
        POSTGRES_DATABASE: "orders",
        POSTGRES_ROLE: "orders_app",
        POSTGRES_PASSWORD_FILE: "/etc/postgres-credentials/password",
    };

    it("is read from the environment", () => {
        expect(readConfig(env)).toMatchObject({
            config: {
                api: { host: "api.llm-platform.svc", port: 3001 },
                postgres: { database: "orders", role: "orders_app" },
                clientFiles: { certificateDirectory: "/etc/client-certs" },
            },
        });
    });

    it("is refused with every fault at once", () => {
        expect(readConfig({ ...env, API_HOST: "api", POSTGRES_ROLE: "Orders" })).toEqual({
            errors: [
                'API_HOST is "api"; expected an identity <service>.<namespace>.svc; set for example API_HOST=api.llm-platform.svc',
                'POSTGRES_ROLE is "Orders"; expected 1 to 63 lower-case letters, digits and "_", no digit first; set for example POSTGRES_ROLE=orders_app',
            ],
        });
    });
});
