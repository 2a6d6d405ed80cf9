import { spawn } from "node:child_process";
import { X509Certificate } from "node:crypto";
import { chownSync, existsSync, mkdirSync, writeFileSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import { postgresFiles, postgresUid } from "../../../components/postgres/postgresPods";
import { renderSessionsSql } from "../../../components/postgres/runScript";
import { TlsProfileName } from "../../../components/tls/profile";
import { freePort } from "../gateway/runningGateway";
import { host, makeCast, passwords, roles, type Cast } from "./cast";
import { ask, handshake, login, tlsOf, type Attempt } from "./login";
import type { RunningPostgres } from "./runningPostgres";

jest.setTimeout(90_000);

let cast: Cast;
let postgres: RunningPostgres;
let port: number;
let files: Record<string, string>;

beforeAll(async () => {
    cast = await makeCast();
});

beforeEach(async () => {
    port = await freePort();
    files = postgresFiles(TlsProfileName.Modern, roles, port);
    postgres = cast.database(files);
});

afterEach(async () => {
    await postgres.end();
    postgres.remove();
});

const asApp = (more: Partial<Attempt> = {}): Attempt => ({
    port,
    role: "app_user",
    database: "llm_platform",
    password: passwords.app_user,
    tls: tlsOf(cast.authority.root, cast.client.app_user),
    ...more,
});

const events = (output: string): string[] =>
    output.split("\n").flatMap((line) => /"event":"(\w+)"/.exec(line)?.[1] ?? []);

describe("start", () => {
    it("begins again after a start that was cut off in the middle", async () => {
        mkdirSync(postgres.data("pgdata.new"));
        writeFileSync(postgres.data("pgdata.new/PG_VERSION"), "17\n");
        chownSync(postgres.data("pgdata.new"), postgresUid, postgresUid);
        await postgres.start();
        expect(await ask(asApp(), "SELECT 1 AS one")).toEqual([{ one: 1 }]);
        expect(existsSync(postgres.data("pgdata.new"))).toBe(false);
        expect(events((await postgres.end()).output)).toEqual(["database_created"]);
    });

    it("keeps rows and takes a new password, and no longer the old one", async () => {
        await postgres.start();
        await ask(asApp(), "CREATE TABLE note AS SELECT 'kept' AS body");
        await postgres.end();
        postgres.give({ ...passwords, app_user: "it's `another` \\one $(id)" });
        await postgres.start();
        const changed = asApp({ password: "it's `another` \\one $(id)" });
        expect(await ask(changed, "SELECT body FROM note")).toEqual([{ body: "kept" }]);
        await expect(ask(asApp(), "SELECT 1")).rejects.toMatchObject({ code: "28P01" });
        const { exitCode, output } = await postgres.end();
        expect([exitCode, events(output)]).toEqual([0, []]);
        expect(output).not.toMatch(/ERROR|NOTICE|another/);
    });

    it("ends where a role has no password, and leaves no server behind", async () => {
        postgres.give({ app_user: passwords.app_user, other_user: "" });
        const { exitCode, stdout } = await postgres.begin();
        expect([exitCode, events(stdout)]).toEqual([1, ["database_created", "password_missing"]]);
        expect(existsSync(postgres.data("pgdata/postmaster.pid"))).toBe(false);
    });

    it("ends where the roles cannot be set, and leaves no server behind", async () => {
        postgres.configure({ ...files, "roles.sql": "\\set ON_ERROR_STOP on\nSELECT 1/0;\n" });
        const { exitCode, stdout } = await postgres.begin();
        expect([exitCode, events(stdout)]).toEqual([1, ["database_created", "roles_not_set"]]);
        expect(existsSync(postgres.data("pgdata/postmaster.pid"))).toBe(false);
    });

    it("ends where OpenSSL does not know a suite, or is told nothing", async () => {
        const unknown = files["openssl.cnf"]?.replace(
            /Ciphersuites = .*/,
            "Ciphersuites = TLS_NEW",
        );
        postgres.configure({ ...files, "openssl.cnf": unknown ?? "" });
        const { exitCode, stdout } = await postgres.begin();
        expect(exitCode).toBe(1);
        expect(stdout).toContain("FATAL:  could not create SSL context: no cipher match");

        postgres.configure({ ...files, "openssl.cnf": "" });
        const told = await postgres.begin();
        expect([told.exitCode, events(told.stdout)]).toEqual([1, ["openssl_conf_missing"]]);
    });

    it("is not kept from it by a lock whose number another program has", async () => {
        await postgres.start();
        await postgres.kill();
        const other = spawn("sleep", ["60"], { uid: postgresUid, stdio: "ignore" });
        const [, ...rest] = postgres.read("pgdata/postmaster.pid").split("\n");
        writeFileSync(postgres.data("pgdata/postmaster.pid"), [other.pid, ...rest].join("\n"));
        await postgres.start();
        other.kill();
        expect(events((await postgres.end()).output)).toEqual(["stale_lock_removed"]);
    });

    it("is kept from it by a server that runs on the same data", async () => {
        await postgres.start();
        const second = await postgres.beginAnother();
        expect(second.exitCode).toBe(1);
        expect(second.stdout).toContain('lock file "postmaster.pid" already exists');
        expect(await ask(asApp(), "SELECT 1 AS one")).toEqual([{ one: 1 }]);
    });
});

describe("the end", () => {
    it("by TERM does not wait for a client", async () => {
        await postgres.start();
        const client = await login(asApp());
        const gone = new Promise((resolve) => client.once("error", resolve));
        const begin = Date.now();
        const { exitCode, output } = await postgres.end();
        expect(Date.now() - begin).toBeLessThan(10_000);
        expect(await gone).toMatchObject({ code: "57P01" });
        expect(exitCode).toBe(0);
        expect(output).toMatch(
            /received fast shutdown request\n[^]*database system is shut down\n$/,
        );
    });

    it("by TERM while it is being prepared comes all the same", async () => {
        const ended = postgres.begin();
        while (!existsSync(postgres.data("pgdata/postmaster.pid"))) await sleep(10);
        const { exitCode, output } = await postgres.end();
        await ended;
        expect(exitCode).toBe(0);
        expect(output).not.toContain("listening on IPv4");
        expect(existsSync(postgres.data("pgdata/postmaster.pid"))).toBe(false);
    });

    it("by KILL loses nothing that was acknowledged", async () => {
        await postgres.start();
        await ask(asApp(), "CREATE TABLE note (id int PRIMARY KEY)");
        const client = await login(asApp());
        let acknowledged = 0;
        const writing = (async () => {
            for (;;) {
                await client.query("INSERT INTO note VALUES ($1)", [acknowledged + 1]);
                acknowledged += 1;
            }
        })();
        await sleep(500);
        const cut = expect(writing).rejects.toThrow();
        await postgres.kill();
        await cut;
        await postgres.start();
        expect(acknowledged).toBeGreaterThan(10);
        const rows = await ask(
            asApp(),
            `SELECT count(*)::int AS count FROM note WHERE id <= ${acknowledged}`,
        );
        expect(rows).toEqual([{ count: acknowledged }]);
    });
});

describe("a renewed certificate", () => {
    const served = async () => {
        const socket = await handshake(port, tlsOf(cast.authority.root, cast.client.app_user));
        const { fingerprint256 } = socket.getPeerX509Certificate() ?? {};
        socket.destroy();
        return fingerprint256;
    };

    it("is shown to new connections, old ones go on, and a pair that does not fit is not taken", async () => {
        await postgres.start();
        const old = await login(asApp());
        const next = await cast.authority.leaf({ names: [host], use: "server" });
        const { fingerprint256 } = new X509Certificate(next.cert);
        expect(await served()).not.toBe(fingerprint256);
        postgres.renew(next);
        postgres.reload();
        await sleep(500);
        expect(await served()).toBe(fingerprint256);
        expect((await old.query("SELECT 1 AS one")).rows).toEqual([{ one: 1 }]);

        postgres.renew({ cert: cast.server.cert, key: next.key });
        postgres.reload();
        await sleep(500);
        expect(await served()).toBe(fingerprint256);
        await old.end();
        expect((await postgres.end()).output).toContain("SSL configuration was not reloaded");
    });
});

describe("an old session", () => {
    it("is ended when it is idle, later when it is busy, and a young one is not", async () => {
        const quick = { ...roles, port, sessionMaxAgeSeconds: 2, sessionCheckSeconds: 1 };
        postgres.configure({ ...files, "sessions.sql": renderSessionsSql(quick) });
        await postgres.start();
        const [idle, busy, stuck] = await Promise.all([1, 2, 3].map(() => login(asApp())));
        const gone = new Promise((resolve) => idle?.once("error", resolve));
        const working = busy?.query("SELECT pg_sleep(3.5)");
        const hanging = expect(stuck?.query("SELECT pg_sleep(60)")).rejects.toMatchObject({
            code: "57P01",
        });
        expect(await gone).toMatchObject({ code: "57P01" });
        const young = await login(asApp());
        await working;
        await hanging;
        await young.end();
    });
});
