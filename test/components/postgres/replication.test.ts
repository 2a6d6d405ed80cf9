import { postgresFiles } from "../../../components/postgres/postgresPods";
import { TlsProfileName } from "../../../components/tls/profile";
import type { Credential } from "../gateway/credentials";
import { freePort } from "../gateway/runningGateway";
import { host, makeCast, passwords, roles, type Cast } from "./cast";
import { ask, tlsOf } from "./login";
import type { RunningPostgres } from "./runningPostgres";

jest.setTimeout(90_000);

let cast: Cast;
let postgres: RunningPostgres;
let port: number;

beforeAll(async () => {
    cast = await makeCast();
    port = await freePort();
    postgres = cast.database(postgresFiles(TlsProfileName.Modern, roles, port));
    await postgres.start();
});

afterAll(async () => {
    const { output } = await postgres.end();
    postgres.remove();
    expect(output).toMatch(/replication connection authorized: user=backup .* SSL enabled/);
    expect(output).toMatch(/received replication command: BASE_BACKUP/);
});

const copy = (user: keyof typeof passwords, sslmode: string, credential?: Credential) => {
    const shown = credential ? "sslcert=/client/tls.crt sslkey=/client/tls.key" : "";
    const target = `host=${host} hostaddr=127.0.0.1 port=${port} user=${user}`;
    const tls = `sslmode=${sslmode} sslrootcert=/client/ca.crt gssencmode=disable ${shown}`;
    return postgres.client(
        "pg_basebackup",
        ["-d", `${target} ${tls}`, "-D", "-", "-Ft", "-X", "none", "-c", "fast", "-w"],
        {
            env: [`PGPASSWORD=${passwords[user]}`],
            files: {
                "ca.crt": cast.authority.root,
                ...(credential ? { "tls.crt": credential.cert, "tls.key": credential.key } : {}),
            },
        },
    );
};

it("copies the instance for the role that may, with its certificate", async () => {
    const { exitCode, stdout, stderr } = await copy("backup", "verify-full", cast.client.backup);
    expect(stderr).toMatch(/^NOTICE: {2}WAL archiving is not enabled/);
    expect(exitCode).toBe(0);
    expect(stdout).toContain("PG_VERSION");
});

it.each<[string, keyof typeof passwords, string, () => Credential | undefined, RegExp]>([
    ["without TLS", "backup", "disable", () => undefined, /no encryption/],
    [
        "without a certificate",
        "backup",
        "verify-full",
        () => undefined,
        /requires a valid client certificate/,
    ],
    [
        "with a certificate of another role",
        "backup",
        "verify-full",
        () => cast.client.app_user,
        /password authentication failed/,
    ],
    [
        "as an application",
        "app_user",
        "verify-full",
        () => cast.client.app_user,
        /rejects replication connection/,
    ],
])("is refused %s", async (_case, user, sslmode, credential, message) => {
    const { exitCode, stderr } = await copy(user, sslmode, credential());
    expect(stderr).toMatch(message);
    expect(exitCode).toBe(1);
});

it("does not open a database to its role", async () => {
    const tls = tlsOf(cast.authority.root, cast.client.backup);
    const attempt = { port, role: "backup", password: passwords.backup, tls };
    for (const database of ["llm_platform", "postgres", "backup"])
        await expect(ask({ ...attempt, database }, "SELECT 1")).rejects.toMatchObject({
            code: "28000",
        });
});
