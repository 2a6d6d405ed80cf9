import { X509Certificate } from "node:crypto";
import { once } from "node:events";
import { setTimeout as sleep } from "node:timers/promises";
import type { ConnectionOptions } from "node:tls";
import { postgresFiles } from "../../../components/postgres/postgresPods";
import { TlsProfileName } from "../../../components/tls/profile";
import { Authority } from "../gateway/credentials";
import { freePort } from "../gateway/runningGateway";
import { ask, handshake, startupMessage, tlsOf, type Attempt } from "./login";
import { makeCast, passwords, roles, type Cast } from "./cast";
import type { RunningPostgres } from "./runningPostgres";

jest.setTimeout(90_000);

const secretRow = "a-row-that-nobody-else-may-read";

let cast: Cast;

beforeAll(async () => {
    cast = await makeCast();
});

describe.each(Object.values(TlsProfileName))("PostgreSQL in the profile %s", (profile) => {
    let postgres: RunningPostgres;
    let port: number;

    beforeAll(async () => {
        port = await freePort();
        const files = postgresFiles(profile, roles, port);
        postgres = cast.database(files);
        await postgres.start();
        await ask(asApp(), `CREATE TABLE note (body text PRIMARY KEY)`);
        await ask(asApp(), `INSERT INTO note VALUES ('${secretRow}')`);
    });

    afterAll(async () => {
        const { exitCode, output } = await postgres.end();
        postgres.remove();
        expect(exitCode).toBe(0);
        checkAudit(output);
    });

    const asApp = (more: Partial<Attempt> = {}): Attempt => ({
        port,
        role: "app_user",
        database: "llm_platform",
        password: passwords.app_user,
        tls: tlsOf(cast.authority.root, cast.client.app_user),
        ...more,
    });

    const asOther = (more: Partial<Attempt> = {}) =>
        asApp({
            role: "other_user",
            database: "other",
            password: passwords.other_user,
            tls: tlsOf(cast.authority.root, cast.client.other_user),
            ...more,
        });

    const whoami = `SELECT current_user AS role, current_database() AS database, version, cipher
        FROM pg_stat_ssl WHERE pid = pg_backend_pid()`;

    it("starts without a word about its files", async () => {
        expect(
            await postgres.sql("SELECT name, error FROM pg_file_settings WHERE error <> ''"),
        ).toBe("");
        expect(await postgres.sql("SELECT error FROM pg_hba_file_rules WHERE error <> ''")).toBe(
            "",
        );
    });

    it("lets each role into its own database", async () => {
        const tls = { version: "TLSv1.3", cipher: "TLS_AES_256_GCM_SHA384" };
        expect(await ask(asApp(), whoami)).toEqual([
            { role: "app_user", database: "llm_platform", ...tls },
        ]);
        expect(await ask(asOther(), whoami)).toEqual([
            { role: "other_user", database: "other", ...tls },
        ]);
    });

    it.each<[string, () => Partial<Attempt>, string, RegExp]>([
        ["no TLS", () => ({ tls: false }), "28000", /pg_hba.conf rejects .*, no encryption/],
        [
            "no certificate",
            () => ({ tls: tlsOf(cast.authority.root) }),
            "28000",
            /connection requires a valid client certificate/,
        ],
        // The log says that the common name is another one; the client is not told.
        [
            "a certificate of another role",
            () => ({ tls: tlsOf(cast.authority.root, cast.client.other_user) }),
            "28P01",
            /password authentication/,
        ],
        ["a wrong password", () => ({ password: "guessed" }), "28P01", /password authentication/],
        [
            "the password of another role",
            () => ({ password: passwords.other_user }),
            "28P01",
            /password authentication/,
        ],
        [
            "the database of another role",
            () => ({ database: "other" }),
            "28000",
            /pg_hba.conf rejects .*, SSL encryption/,
        ],
        ["the database postgres", () => ({ database: "postgres" }), "28000", /pg_hba.conf rejects/],
        [
            "the superuser's name and certificate",
            () => ({ role: "postgres", tls: tlsOf(cast.authority.root, cast.client.postgres) }),
            "28000",
            /pg_hba.conf rejects/,
        ],
        ["a role that nobody named", () => ({ role: "nobody" }), "28000", /pg_hba.conf rejects/],
    ])("refuses %s", async (_case, change, code, message) => {
        await expect(ask(asApp(change()), whoami)).rejects.toMatchObject({
            code,
            message: expect.stringMatching(message) as string,
        });
    });

    it.each<[string, Parameters<Authority["leaf"]>[0], boolean]>([
        ["without a common name", { names: ["app_user.svc"], use: "client" }, false],
        [
            "whose common name differs in case",
            { names: ["api.svc"], use: "client", commonName: "App_User" },
            false,
        ],
        ["of a server", { names: ["api.svc"], use: "server", commonName: "app_user" }, false],
        [
            "with an RSA key",
            { names: ["api.svc"], use: "client", commonName: "app_user", rsa: true },
            true,
        ],
    ])("takes a certificate %s or not", async (_case, wishes, taken) => {
        const tls = tlsOf(cast.authority.root, await cast.authority.leaf(wishes));
        const rows = ask(asApp({ tls }), "SELECT 1 AS one");
        if (taken) expect(await rows).toEqual([{ one: 1 }]);
        else await expect(rows).rejects.toThrow(/authentication failed|alert number 43/);
    });

    it("refuses a certificate of another authority with the same name", async () => {
        const stranger = await Authority.create();
        const wishes = { names: ["api.llm-platform.svc"], commonName: "app_user" };
        const tls = tlsOf(cast.authority.root, await stranger.leaf({ ...wishes, use: "client" }));
        await expect(ask(asApp({ tls }), whoami)).rejects.toThrow("SSL alert number 51");
    });

    it.each<[string, ConnectionOptions]>([
        ["TLS 1.2", { maxVersion: "TLSv1.2" }],
        ["a suite outside every profile", { ciphers: "TLS_AES_128_CCM_SHA256" }],
        ...(profile === TlsProfileName.Fips
            ? ([["ChaCha20", { ciphers: "TLS_CHACHA20_POLY1305_SHA256" }]] as [
                  string,
                  ConnectionOptions,
              ][])
            : []),
        ["a group that it does not have", { ecdhCurve: "X25519" }],
    ])("refuses %s in the handshake", async (_case, options) => {
        const tls = { ...tlsOf(cast.authority.root, cast.client.app_user), ...options };
        await expect(ask(asApp({ tls }), whoami)).rejects.toThrow(/SSL alert number (?:40|70)/);
    });

    it.each(
        profile === TlsProfileName.Fips
            ? ["TLS_AES_256_GCM_SHA384", "TLS_AES_128_GCM_SHA256"]
            : ["TLS_AES_256_GCM_SHA384", "TLS_CHACHA20_POLY1305_SHA256", "TLS_AES_128_GCM_SHA256"],
    )("takes %s alone", async (ciphers) => {
        const tls = { ...tlsOf(cast.authority.root, cast.client.app_user), ciphers };
        expect(await ask(asApp({ tls }), whoami)).toMatchObject([{ cipher: ciphers }]);
    });

    it("shows its chain, takes one curve, and gives no ticket", async () => {
        const socket = await handshake(port, tlsOf(cast.authority.root, cast.client.app_user));
        const sessions: Buffer[] = [];
        socket.on("session", (session: Buffer) => sessions.push(session));
        socket.write(startupMessage({ user: "app_user", database: "llm_platform" }));
        await once(socket, "data");
        expect(sessions).toEqual([]);
        expect(socket.getProtocol()).toBe("TLSv1.3");
        expect(socket.getEphemeralKeyInfo()).toMatchObject({ name: "prime256v1" });
        expect(socket.getPeerX509Certificate()?.raw).toEqual(
            new X509Certificate(cast.server.cert).raw,
        );
        socket.destroy();
    });

    it("keeps a role to its schema", async () => {
        const denied = { code: "42501" };
        await expect(ask(asApp(), "CREATE TABLE public.note (a int)")).rejects.toMatchObject(
            denied,
        );
        await expect(ask(asApp(), "CREATE DATABASE mine")).rejects.toMatchObject(denied);
        await expect(ask(asApp(), "CREATE ROLE mine")).rejects.toMatchObject(denied);
        await expect(ask(asApp(), "SELECT pg_read_file('/etc/passwd')")).rejects.toMatchObject(
            denied,
        );
        await expect(ask(asApp(), "ALTER SYSTEM SET ssl = off")).rejects.toThrow(
            "ALTER SYSTEM is not allowed in this environment",
        );
        await expect(ask(asApp(), "SET log_statement = 'all'")).rejects.toMatchObject(denied);
        expect(await ask(asApp(), "SELECT body FROM app_user.note")).toEqual([{ body: secretRow }]);
    });

    it("writes down neither rows nor statements, and no line that a client made up", async () => {
        const attempts = [
            `INSERT INTO note VALUES ('${secretRow}')`,
            `SELECT '${secretRow}'::int`,
            `SELECT * FROM nothing WHERE a = '${secretRow}'`,
        ];
        for (const sql of attempts) await expect(ask(asApp(), sql)).rejects.toThrow();
        // PostgreSQL reads 63 characters of it.
        const forged = "x\n2026-11-24 08:00:00.000 UTC [1] LOG:  forged";
        await expect(ask(asApp({ role: forged }), whoami)).rejects.toMatchObject({ code: "28000" });
        // Its entry is written before its answer is sent, but in another process than this one reads.
        await sleep(100);
    });

    /** Everything above, as the log has it. */
    function checkAudit(output: string): void {
        expect(output).toMatch(
            /connection authenticated: identity="app_user" method=scram-sha-256 \(\S+pg_hba.conf:3\)/,
        );
        expect(output).toMatch(
            /connection authorized: user=app_user database=llm_platform SSL enabled \(protocol=TLSv1.3, cipher=TLS_AES_256_GCM_SHA384, bits=256\)/,
        );
        expect(output).toMatch(/127\.0\.0\.1\(\d+\) 28000 FATAL: {2}pg_hba.conf rejects/);
        expect(output).toMatch(
            /28P01 FATAL: {2}password authentication failed for user "app_user"/,
        );
        expect(output).toMatch(
            /certificate validation \(clientcert=verify-full\) failed for user "app_user": CN mismatch/,
        );
        expect(output).toMatch(/disconnection: session time: \S+ user=app_user/);
        expect(output).toMatch(/^\t2026-11-24 08:00:00.000 UTC \[1\] LOG: {2}forged"/m);
        expect(output).not.toMatch(/^2026-11-24 08:00:00.000/m);
        for (const secret of [...Object.values(passwords), secretRow, "PRIVATE KEY"])
            expect(output).not.toContain(secret);
    }
});
