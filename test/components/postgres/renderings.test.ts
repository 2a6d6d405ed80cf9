import { renderPgHba } from "../../../components/postgres/pgHba";
import {
    renderPostgresConf,
    type PostgresConfSettings,
} from "../../../components/postgres/postgresConf";
import type { PostgresRoles } from "../../../components/postgres/postgresRoles";
import { renderRolesSql } from "../../../components/postgres/rolesSql";
import { renderRunScript, renderSessionsSql } from "../../../components/postgres/runScript";
import { tlsProfile, TlsProfileName } from "../../../components/tls/profile";
import { roles } from "./cast";

const lines = (...text: string[]) => text.map((line) => `${line}\n`).join("");

const conf: PostgresConfSettings = {
    profile: tlsProfile(TlsProfileName.Modern),
    port: 5432,
    replication: false,
    paths: {
        certificate: "/c/tls.crt",
        privateKey: "/c/tls.key",
        trustBundle: "/t/ca.crt",
        hba: "/conf/pg_hba.conf",
        data: "/data",
        socket: "/run",
    },
};

const onlyApp: PostgresRoles = {
    roles: [{ role: "app_user", database: "llm_platform" }],
    replicationRoles: [],
};

describe("postgresql.conf", () => {
    it("is this, and the same in every profile, whose suites come from OpenSSL's file", () => {
        const expected = lines(
            "data_directory = '/data'",
            "hba_file = '/conf/pg_hba.conf'",
            "listen_addresses = '*'",
            "port = '5432'",
            "unix_socket_directories = '/run'",
            "unix_socket_permissions = '0700'",
            "max_connections = '300'",
            "authentication_timeout = '10s'",
            "tcp_keepalives_idle = '60s'",
            "tcp_user_timeout = '30s'",
            "timezone = 'UTC'",
            "ssl = 'on'",
            "ssl_min_protocol_version = 'TLSv1.3'",
            "ssl_cert_file = '/c/tls.crt'",
            "ssl_key_file = '/c/tls.key'",
            "ssl_ca_file = '/t/ca.crt'",
            "ssl_ecdh_curve = 'prime256v1'",
            "password_encryption = 'scram-sha-256'",
            "fsync = 'on'",
            "synchronous_commit = 'on'",
            "full_page_writes = 'on'",
            "wal_level = 'minimal'",
            "max_wal_senders = '0'",
            "max_replication_slots = '0'",
            "max_logical_replication_workers = '0'",
            "log_destination = 'stderr'",
            "logging_collector = 'off'",
            "log_connections = 'on'",
            "log_disconnections = 'on'",
            "log_replication_commands = 'on'",
            "log_line_prefix = '%m [%p] %q%r %e '",
            "log_timezone = 'UTC'",
            "log_min_messages = 'log'",
            "log_error_verbosity = 'terse'",
            "log_statement = 'none'",
            "log_min_error_statement = 'panic'",
            "log_min_duration_statement = '-1'",
            "log_parameter_max_length = '0'",
            "log_parameter_max_length_on_error = '0'",
            "allow_alter_system = 'off'",
        );
        for (const name of Object.values(TlsProfileName))
            expect(renderPostgresConf({ ...conf, profile: tlsProfile(name) })).toBe(expected);
    });

    it("has senders where somebody may copy the instance", () => {
        const plain = renderPostgresConf(conf);
        expect(renderPostgresConf({ ...conf, replication: true })).toBe(
            plain
                .replace("wal_level = 'minimal'", "wal_level = 'replica'")
                .replace("max_wal_senders = '0'", "max_wal_senders = '4'"),
        );
    });

    it.each<[string, Partial<PostgresConfSettings>, string]>([
        [
            "a port of root's",
            { port: 443 },
            "[port] is 443; allowed a whole number from 1024 to 65535",
        ],
        [
            "a path with a quote",
            { paths: { ...conf.paths, data: "/data'\nssl = 'off" } },
            `[paths.data] is "/data'\\nssl = 'off"; allowed an absolute path of letters, digits, ".", "_" and "-"`,
        ],
        [
            "a profile that PostgreSQL has no curve of",
            { profile: { name: TlsProfileName.Modern, groups: ["X25519"] } },
            "[profile] is modern with the groups X25519; PostgreSQL 17 needs a NIST curve",
        ],
    ])("refuses %s", (_case, change, message) => {
        expect(() => renderPostgresConf({ ...conf, ...change })).toThrow(new Error(message));
    });
});

describe("pg_hba.conf", () => {
    it("lets each role into its own database, and nobody else", () => {
        expect(renderPgHba(onlyApp)).toBe(
            lines(
                "local all postgres peer",
                "local all all reject",
                `hostssl "llm_platform" "app_user" all scram-sha-256 clientcert=verify-full`,
                "hostnossl all all all reject",
                "hostnossl replication all all reject",
                "host all all all reject",
                "host replication all all reject",
            ),
        );
    });

    it("asks of those who copy the instance what it asks of the others", () => {
        expect(renderPgHba(roles).split("\n").slice(2, 5)).toEqual([
            `hostssl "llm_platform" "app_user" all scram-sha-256 clientcert=verify-full`,
            `hostssl "other" "other_user" all scram-sha-256 clientcert=verify-full`,
            `hostssl replication "backup" all scram-sha-256 clientcert=verify-full`,
        ]);
    });
});

it("roles.sql makes what is missing and sets the rest", () => {
    expect(renderRolesSql({ ...onlyApp, replicationRoles: ["backup"] }, "/passwords")).toBe(
        lines(
            "\\set ON_ERROR_STOP on",
            "REVOKE ALL ON DATABASE postgres, template1 FROM PUBLIC;",
            `SELECT 'CREATE ROLE "app_user"' WHERE NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'app_user') \\gexec`,
            "\\set password `cat /passwords/app_user`",
            `ALTER ROLE "app_user" LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE NOBYPASSRLS NOREPLICATION PASSWORD :'password';`,
            `SELECT 'CREATE ROLE "backup"' WHERE NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'backup') \\gexec`,
            "\\set password `cat /passwords/backup`",
            `ALTER ROLE "backup" LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE NOBYPASSRLS REPLICATION PASSWORD :'password';`,
            `SELECT 'CREATE DATABASE "llm_platform"' WHERE NOT EXISTS (SELECT FROM pg_database WHERE datname = 'llm_platform') \\gexec`,
            `REVOKE ALL ON DATABASE "llm_platform" FROM PUBLIC;`,
            `GRANT CONNECT, TEMPORARY ON DATABASE "llm_platform" TO "app_user";`,
            `\\connect "llm_platform"`,
            `CREATE SCHEMA IF NOT EXISTS "app_user" AUTHORIZATION "app_user";`,
        ),
    );
});

const script = { ...onlyApp, port: 5432, sessionMaxAgeSeconds: 3600, sessionCheckSeconds: 30 };

it("sessions.sql ends sessions by age, an hour and up to a tenth, and those at work after twice that", () => {
    expect(renderSessionsSql(script)).toBe(
        lines(
            "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity",
            "WHERE client_addr IS NOT NULL AND backend_start + interval '1 second' * (3600 + pid % 360) * CASE state WHEN 'idle' THEN 1 ELSE 2 END < now()",
            "\\watch 30",
        ),
    );
});

describe("run.sh", () => {
    it("never has a password in an argument", () => {
        expect(renderRunScript(script)).not.toMatch(/PGPASSWORD|--set|cat "?\$?\{?passwords/);
    });

    it.each([
        [{ port: 80 }, "[port] is 80; allowed a whole number from 1024 to 65535"],
        [
            { sessionMaxAgeSeconds: 0 },
            "[sessionMaxAgeSeconds] is 0; allowed whole seconds from 1 to 86400",
        ],
        [
            { sessionCheckSeconds: 1.5 },
            "[sessionCheckSeconds] is 1.5; allowed whole seconds from 1 to 86400",
        ],
    ])("refuses %j", (change, message) => {
        expect(() => renderRunScript({ ...script, ...change })).toThrow(new Error(message));
    });
});
