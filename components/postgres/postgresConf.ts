import type { TlsProfile } from "../tls/profile";

/** Files and directories of the daemon, all absolute. */
export interface PostgresPaths {
    readonly certificate: string;
    readonly privateKey: string;
    readonly trustBundle: string;
    readonly hba: string;
    readonly data: string;
    /** Directory of the Unix socket, which no other container sees. */
    readonly socket: string;
}

export interface PostgresConfSettings {
    readonly profile: Pick<TlsProfile, "name" | "groups">;
    /** Port, 1024 to 65535. */
    readonly port: number;
    /** Whether a role may copy the instance: it takes senders and a longer write-ahead log. */
    readonly replication: boolean;
    readonly paths: PostgresPaths;
}

type Setting = readonly [name: string, value: string];

/**
 * Renders the whole postgresql.conf of one instance: TLS 1.3 on the network, every connection logged, no statement and no value
 * logged, what was acknowledged kept.
 *
 * PostgreSQL 17 has no setting for TLS 1.3 suites: they come from OPENSSL_CONF (`renderOpensslConf`), and its one curve is the
 * first of the profile that it knows. `ssl_ciphers` reaches TLS 1.2 alone, and is an error with the names of TLS 1.3.
 *
 * @throws an error that names the setting, if a port or a path is out of bounds or the profile has no curve that PostgreSQL knows
 * @see https://www.postgresql.org/docs/17/runtime-config.html
 */
export function renderPostgresConf(settings: PostgresConfSettings): string {
    check(settings);
    return [
        ...connections(settings),
        ...tls(settings),
        ...durability(settings),
        ...audit,
        // Or a file in the data directory could undo a line above.
        ["allow_alter_system", "off"] as const,
    ]
        .map(([name, value]) => `${name} = '${value}'\n`)
        .join("");
}

const connections = ({ port, paths }: PostgresConfSettings): Setting[] => [
    ["data_directory", paths.data],
    ["hba_file", paths.hba],
    ["listen_addresses", "*"],
    ["port", String(port)],
    ["unix_socket_directories", paths.socket],
    ["unix_socket_permissions", "0700"],
    ["max_connections", "300"],
    // Without a certificate one may hold a connection that long and no longer.
    ["authentication_timeout", "10s"],
    ["tcp_keepalives_idle", "60s"],
    ["tcp_user_timeout", "30s"],
    ["timezone", "UTC"],
];

const tls = ({ profile, paths }: PostgresConfSettings): Setting[] => [
    ["ssl", "on"],
    ["ssl_min_protocol_version", "TLSv1.3"],
    ["ssl_cert_file", paths.certificate],
    ["ssl_key_file", paths.privateKey],
    ["ssl_ca_file", paths.trustBundle],
    ["ssl_ecdh_curve", curveOf(profile) ?? ""],
    ["password_encryption", "scram-sha-256"],
];

const durability = ({ replication }: PostgresConfSettings): Setting[] => [
    ["fsync", "on"],
    ["synchronous_commit", "on"],
    ["full_page_writes", "on"],
    ["wal_level", replication ? "replica" : "minimal"],
    ["max_wal_senders", replication ? "4" : "0"],
    ["max_replication_slots", "0"],
    ["max_logical_replication_workers", "0"],
];

/**
 * Who connected, from where, by which method, over which TLS, and when it ended. An error's text may repeat a value, its detail a
 * row, and a statement both; so errors of statements go to the client alone. The prefix has nothing that a client chose, who could
 * put a line's end into it.
 */
const audit: Setting[] = [
    ["log_destination", "stderr"],
    ["logging_collector", "off"],
    ["log_connections", "on"],
    ["log_disconnections", "on"],
    ["log_replication_commands", "on"],
    ["log_line_prefix", "%m [%p] %q%r %e "],
    ["log_timezone", "UTC"],
    ["log_min_messages", "log"],
    ["log_error_verbosity", "terse"],
    ["log_statement", "none"],
    ["log_min_error_statement", "panic"],
    ["log_min_duration_statement", "-1"],
    ["log_parameter_max_length", "0"],
    ["log_parameter_max_length_on_error", "0"],
];

/** The first group that is a curve by its OpenSSL name: X25519 is none to PostgreSQL 17. */
const curveOf = ({ groups }: PostgresConfSettings["profile"]): string | undefined =>
    groups.find((group) => /^(?:prime|secp)\d+/.test(group));

function check({ profile, port, paths }: PostgresConfSettings): void {
    checkPort(port);
    if (curveOf(profile) === undefined)
        throw new Error(
            `[profile] is ${profile.name} with the groups ${profile.groups.join(", ")}; PostgreSQL 17 needs a NIST curve`,
        );
    Object.entries<string>({ ...paths }).forEach(([name, path]) => {
        if (/^(?:\/[A-Za-z0-9._-]+)+$/.test(path)) return;
        throw new Error(
            `[paths.${name}] is ${JSON.stringify(path)}; allowed an absolute path of letters, digits, ".", "_" and "-"`,
        );
    });
}

/** @throws if a user without rights could not listen there */
export function checkPort(port: number): void {
    if (Number.isInteger(port) && port >= 1024 && port <= 65535) return;
    throw new Error(`[port] is ${port}; allowed a whole number from 1024 to 65535`);
}
