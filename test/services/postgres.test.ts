import { X509Certificate } from "node:crypto";
import { createServer } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import type { Pool } from "pg";
import { postgresFiles } from "../../components/postgres/postgresPods";
import { TlsProfileName } from "../../components/tls/profile";
import { listen } from "../../services/tls";
import { createPool, type PoolSettings } from "../../services/tls/postgres";
import { Authority, type Credential } from "../components/gateway/credentials";
import { freePort } from "../components/gateway/runningGateway";
import { RunningPostgres } from "../components/postgres/runningPostgres";
import { until } from "./client";
import { ClientCertificate } from "./clientCertificate";

jest.setTimeout(90_000);

const host = "postgres.llm-platform-data.svc";
const role = "app_user";
const database = "llm_platform";
const password = "correct-horse-battery-staple-0001";

let authority: Authority;
let stranger: Authority;
let postgres: RunningPostgres;
let port: number;
let good: Credential;
let client: ClientCertificate;
let pools: Pool[];

beforeAll(async () => {
    authority = await Authority.create();
    stranger = await Authority.create();
    port = await freePort();
    const roles = { roles: [{ role, database }], replicationRoles: [] };
    postgres = new RunningPostgres({
        files: postgresFiles(TlsProfileName.Modern, roles, port),
        server: await authority.leaf({ names: [host], use: "server" }),
        root: authority.root,
        passwords: { [role]: password },
    });
    await postgres.start();
    good = await leaf();
});

afterAll(async () => {
    await postgres.end();
    postgres.remove();
});

beforeEach(() => {
    pools = [];
    client = new ClientCertificate(good, authority.root, password);
});

afterEach(async () => {
    await Promise.all(pools.map((pool) => pool.end()));
    client.remove();
});

const leaf = (commonName = role) =>
    authority.leaf({ names: ["api.llm-platform.svc"], use: "client", commonName });

/** Dials loopback and verifies the name that a pod dials. */
function pool(changes: Partial<PoolSettings> = {}): Pool {
    const made = createPool({
        host: "127.0.0.1",
        servername: host,
        port,
        database,
        role,
        passwordFile: client.passwordFile,
        certificate: client.certificate,
        log: client.log,
        random: () => 0.5,
        ...changes,
    });
    pools.push(made);
    return made;
}

interface Session {
    readonly pid: number;
    readonly version: string;
    readonly cipher: string;
    readonly serial: string;
}

/** What PostgreSQL says about the connection that asks. */
async function session(of: Pick<Pool, "query">): Promise<Session | undefined> {
    const { rows } = await of.query<Session>(
        "select pid, version, cipher, client_serial::text as serial from pg_stat_ssl where pid = pg_backend_pid()",
    );
    return rows[0];
}

const serial = ({ cert }: Credential) =>
    BigInt(`0x${new X509Certificate(cert).serialNumber}`).toString();

const connected = () => expect(session(pool())).resolves.toMatchObject({ serial: serial(good) });

it("connects over TLS 1.3 with the policy's first suite and shows its certificate", async () => {
    expect(await session(pool())).toEqual({
        pid: expect.any(Number) as number,
        version: "TLSv1.3",
        cipher: "TLS_AES_256_GCM_SHA384",
        serial: serial(good),
    });
});

it.each<[string, () => Promise<Partial<PoolSettings>>, string | RegExp]>([
    [
        "a server of another name",
        () => Promise.resolve({ servername: "redis.llm-platform-data.svc" }),
        "the server's certificate is not for redis.llm-platform-data.svc",
    ],
    [
        "a server of another authority",
        async () => ({ certificate: await certificateOf(stranger) }),
        "certificate signature failure",
    ],
    [
        "the role of another certificate",
        async () => ({ certificate: renewed(await leaf("other_user")) }),
        // PostgreSQL says no more to the client, although the password is right.
        'password authentication failed for user "app_user"',
    ],
    [
        "another database",
        () => Promise.resolve({ database: "postgres" }),
        /no pg_hba.conf entry|pg_hba.conf rejects connection/,
    ],
    [
        "a wrong password",
        () => {
            client.setPassword("wrong");
            return Promise.resolve({});
        },
        'password authentication failed for user "app_user"',
    ],
    [
        "a password that is not there",
        () => Promise.resolve({ passwordFile: "/nowhere/password" }),
        /ENOENT.*\/nowhere\/password/,
    ],
])("does not connect with %s", async (_case, changes, message) => {
    await connected();
    await expect(session(pool(await changes()))).rejects.toThrow(message);
});

/** A client whose trust bundle is another one's, and whose certificate is of that one too. */
async function certificateOf(other: Authority) {
    const credential = await other.leaf({ names: ["api.llm-platform.svc"], use: "client" });
    client.remove();
    client = new ClientCertificate(credential, other.root, password);
    return client.certificate;
}

function renewed(credential: Credential) {
    client.renew(credential);
    return client.certificate;
}

it("does not go on in plaintext with a server that has no TLS", async () => {
    let received = Buffer.alloc(0);
    const server = createServer((socket) => {
        socket.on("data", (chunk: Buffer) => {
            received = Buffer.concat([received, chunk]);
            socket.write("N");
        });
    });
    const plain = await listen(server, 0);
    await expect(session(pool({ port: plain }))).rejects.toThrow(
        "The server does not support SSL connections",
    );
    // The question for TLS, and nothing else.
    expect(received.toString("hex")).toBe("0000000804d2162f");
    server.close();
});

it("shows a renewed certificate on new connections, and keeps the old ones", async () => {
    const rotating = pool();
    const before = await rotating.connect();
    const next = await leaf();
    client.renew(next);
    const after = await rotating.connect();
    expect((await session(before))?.serial).toBe(serial(good));
    expect((await session(after))?.serial).toBe(serial(next));
    before.release();
    after.release();
    const notAfter = new X509Certificate(next.cert).validToDate.getTime() / 1000;
    const metrics = await client.registry.metrics();
    expect(metrics).toMatch(/^tls_reloads_total\{use="client"\} 1$/m);
    expect(metrics).toContain(`ssl_certificate_expiry_seconds{use="client"} ${notAfter}\n`);
    expect(metrics.match(/^tls_certificate_info\{/gm)).toHaveLength(1);
});

it("follows a server that renews its certificate", async () => {
    const following = pool();
    const before = await following.connect();
    postgres.renew(await authority.leaf({ names: [host], use: "server" }));
    postgres.reload();
    await sleep(500);
    expect(await session(following)).toMatchObject({ version: "TLSv1.3" });
    expect(await session(before)).toMatchObject({ version: "TLSv1.3" });
    before.release();
});

it("replaces its connections at their lifetime, and fails no query", async () => {
    const aging = pool({ maxLifetimeSeconds: 1, max: 4 });
    const pids = new Set<number>();
    const serials = new Set<string>();
    const next = await leaf();
    let answered = 0;
    const until_ = Date.now() + 4_000;
    const load = Array.from({ length: 4 }, async () => {
        while (Date.now() < until_) {
            const seen = await session(aging);
            if (!seen) throw new Error("no session");
            pids.add(seen.pid);
            serials.add(seen.serial);
            answered++;
            await sleep(10);
        }
    });
    await sleep(500);
    client.renew(next);
    await Promise.all(load);
    expect(answered).toBeGreaterThan(200);
    expect(pids.size).toBeGreaterThanOrEqual(8);
    expect([...serials].sort()).toEqual([serial(good), serial(next)].sort());
    expect((await session(aging))?.serial).toBe(serial(next));
});

it("replaces a connection that the server ends, and says so", async () => {
    const broken = pool();
    const before = await session(broken);
    await postgres.sql(`select pg_terminate_backend(${before?.pid ?? 0})`);
    await until(() => client.log.events("postgres_connection_lost").length === 1, "the loss");
    expect((await session(broken))?.pid).not.toBe(before?.pid);
    expect(JSON.stringify(client.log.lines)).not.toMatch(/correct-horse|PRIVATE KEY|at /);
});
