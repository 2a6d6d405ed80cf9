import fc from "fast-check";
import { checkedDatabaseName } from "../../../components/postgres/databaseName";
import { renderPgHba } from "../../../components/postgres/pgHba";
import { postgresFiles } from "../../../components/postgres/postgresPods";
import type { PostgresRoles } from "../../../components/postgres/postgresRoles";
import { renderRolesSql } from "../../../components/postgres/rolesSql";
import { TlsProfileName } from "../../../components/tls/profile";
import { freePort } from "../gateway/runningGateway";
import { makeCast, roles } from "./cast";
import type { RunningPostgres } from "./runningPostgres";

jest.setTimeout(120_000);

const form = /^[a-z_][a-z0-9_]{0,62}$/;

describe("a name of a role or a database", () => {
    it.each(["a", "_", "app_user", "user", "select", "a".repeat(63), "x1"])("may be %s", (name) => {
        expect(checkedDatabaseName("role", name)).toBe(name);
    });

    it.each([
        "",
        "1a",
        "App",
        "a-b",
        "a b",
        "a.b",
        'a"b',
        "a'b",
        "a`b",
        "a\\b",
        "a\n",
        "a\0",
        "+a",
        "@a",
        "/a",
        "../a",
        "é",
        "a".repeat(64),
    ])("may not be %j", (name) => {
        expect(() => checkedDatabaseName("role", name)).toThrow(
            new Error(
                `[role] is ${JSON.stringify(name)}; allowed 1 to 63 lower-case letters, digits and "_", no digit first`,
            ),
        );
    });

    it.each([
        "postgres",
        "template1",
        "all",
        "none",
        "replication",
        "sameuser",
        "pg_monitor",
        "public",
    ])("may not be PostgreSQL's own %s", (name) => {
        expect(() => checkedDatabaseName("role", name)).toThrow(
            new Error(`[role] is ${name}, which is PostgreSQL's own; choose another name`),
        );
    });
});

const app = { role: "app_user", database: "llm_platform" };

it.each<[string, PostgresRoles, string]>([
    [
        "nobody",
        { roles: [], replicationRoles: ["backup"] },
        "[roles] is empty; allowed one role or more",
    ],
    [
        "a role twice",
        { roles: [app, { ...app, database: "other" }], replicationRoles: [] },
        "[roles] has app_user twice; allowed once each, with one database",
    ],
    [
        "a role that also copies",
        { roles: [app], replicationRoles: ["app_user"] },
        "[roles] has app_user twice; allowed once each, with one database",
    ],
    [
        "a database of PostgreSQL's",
        { roles: [{ ...app, database: "postgres" }], replicationRoles: [] },
        "[roles.0.database] is postgres, which is PostgreSQL's own; choose another name",
    ],
    [
        "a role of PostgreSQL's",
        { roles: [app], replicationRoles: ["pg_write_all_data"] },
        "[replicationRoles.0] is pg_write_all_data, which is PostgreSQL's own; choose another name",
    ],
])("every renderer refuses %s", (_case, given, message) => {
    const files = () => postgresFiles(TlsProfileName.Modern, given);
    for (const render of [() => renderPgHba(given), () => renderRolesSql(given, "/p"), files])
        expect(render).toThrow(new Error(message));
});

/** What is allowed, what is nearly so, and anything at all. */
const text = fc.oneof(
    { weight: 12, arbitrary: fc.stringMatching(form) },
    fc.string({ unit: "binary" }),
    fc
        .tuple(
            fc.stringMatching(/^[a-z]{1,5}$/),
            fc.constantFrom(
                '"',
                "'",
                "\n",
                " all",
                "\nhost all all all trust\n",
                '" all all trust\n',
                "; DROP ROLE postgres; --",
                "`id`",
                "$(id)",
                ",postgres",
                "\0",
            ),
        )
        .map(([name, rest]) => name + rest),
);

const given = fc.record({
    roles: fc.array(fc.record({ role: text, database: text }), { minLength: 1, maxLength: 3 }),
    replicationRoles: fc.array(text, { maxLength: 2 }),
});

/** The lines between the first two and the last four, which say who may log in. */
const logins = (hba: string) => hba.split("\n").slice(2, -5);

it("no name adds a line, a word or a role: it is refused, or stands where it should", () => {
    let rendered = 0;
    fc.assert(
        fc.property(given, (settings) => {
            let files: Record<string, string>;
            try {
                files = postgresFiles(TlsProfileName.Fips, settings);
            } catch (error) {
                expect((error as Error).message).toMatch(/^\[(?:roles|replicationRoles)/);
                return;
            }
            rendered += 1;
            expect(logins(files["pg_hba.conf"] ?? "")).toEqual([
                ...settings.roles.map(
                    ({ role, database }) =>
                        `hostssl "${database}" "${role}" all scram-sha-256 clientcert=verify-full`,
                ),
                ...settings.replicationRoles.map(
                    (role) =>
                        `hostssl replication "${role}" all scram-sha-256 clientcert=verify-full`,
                ),
            ]);
            const names = [...settings.roles.map(({ role }) => role), ...settings.replicationRoles];
            expect(names.every((name) => form.test(name))).toBe(true);
            expect(files["run.sh"]).toContain(`\nroles="${names.join(" ")}"\n`);
        }),
        { numRuns: 2000 },
    );
    // Else the property would say nothing about what is rendered.
    expect(rendered).toBeGreaterThan(50);
});

const name = fc.oneof(
    fc.stringMatching(form),
    fc.constantFrom("user", "select", "current_user", "samegroups", "off", "grant"),
);

/** Different names, each allowed. */
const allowed = fc
    .uniqueArray(name, { minLength: 3, maxLength: 5 })
    .filter((names) => names.every(isAllowed))
    .map(([first = "", second = "", third = "", ...others]) => ({
        roles: [
            { role: first, database: second },
            { role: second, database: third },
        ],
        replicationRoles: [third, ...others],
    }));

describe("the real PostgreSQL", () => {
    const [made = roles] = fc.sample(allowed, { numRuns: 1, seed: 7 });
    const names = [...made.roles.map(({ role }) => role), ...made.replicationRoles];
    let postgres: RunningPostgres;
    let files: Record<string, string>;

    beforeAll(async () => {
        files = postgresFiles(TlsProfileName.Fips, made, await freePort());
        const passwords = Object.fromEntries(names.map((role) => [role, `password of ${role}`]));
        postgres = (await makeCast()).database(files, passwords);
        await postgres.start();
    });

    afterAll(async () => {
        await postgres.end();
        postgres.remove();
    });

    it("reads of a generated pg_hba.conf what was meant", async () => {
        const asRead = (settings: PostgresRoles) => [
            "local|{all}|{postgres}||peer|",
            "local|{all}|{all}||reject|",
            ...settings.roles.map(
                ({ role, database }) =>
                    `hostssl|${array(database)}|${array(role)}|all|scram-sha-256|{clientcert=verify-full}`,
            ),
            ...settings.replicationRoles.map(
                (role) =>
                    `hostssl|{replication}|${array(role)}|all|scram-sha-256|{clientcert=verify-full}`,
            ),
            "hostnossl|{all}|{all}|all|reject|",
            "hostnossl|{replication}|{all}|all|reject|",
            "host|{all}|{all}|all|reject|",
            "host|{replication}|{all}|all|reject|",
        ];
        await fc.assert(
            fc.asyncProperty(allowed, async (settings) => {
                postgres.configure({ ...files, "pg_hba.conf": renderPgHba(settings) });
                const rules = await postgres.sql(
                    "SELECT type, database, user_name, address, auth_method, options FROM pg_hba_file_rules ORDER BY line_number",
                );
                expect(rules.split("\n")).toEqual(asRead(settings));
            }),
            { numRuns: 15 },
        );
    });

    it("has made generated roles and databases, and a second time changes nothing", async () => {
        const look = `SELECT rolname, rolsuper, rolreplication, rolcanlogin FROM pg_roles
            WHERE rolname !~ '^pg_' ORDER BY 1; SELECT datname, datacl FROM pg_database ORDER BY 1`;
        const first = await postgres.sql(look);
        expect(
            first
                .split("\n")
                .slice(0, names.length + 1)
                .sort(),
        ).toEqual(
            [
                "postgres|t|t|t",
                ...made.roles.map(({ role }) => `${role}|f|f|t`),
                ...made.replicationRoles.map((role) => `${role}|f|t|t`),
            ].sort(),
        );
        for (const { role, database } of made.roles)
            expect(first).toContain(`\n${database}|{postgres=CTc/postgres,${role}=Tc/postgres}`);
        await postgres.sql(files["roles.sql"] ?? "");
        expect(await postgres.sql(look)).toBe(first);
    });
});

/** As PostgreSQL shows an array of one text. */
const array = (text: string): string => `{${text}}`;

function isAllowed(name: string): boolean {
    try {
        return checkedDatabaseName("name", name) === name;
    } catch {
        return false;
    }
}
