import { checkPort } from "./postgresConf";
import { checkRoles, roleNames, type PostgresRoles } from "./postgresRoles";

export interface RunScriptSettings extends PostgresRoles {
    /** Port, which also names the Unix socket. */
    readonly port: number;
    /** Age at which an idle session is ended, in seconds; up to a tenth comes on top, and a busy one has twice as long. */
    readonly sessionMaxAgeSeconds: number;
    /** Time between two looks at the sessions. */
    readonly sessionCheckSeconds: number;
}

/** Where the files of the pod lie; docs/images.md is the contract. */
export const postgresPaths = {
    config: "/etc/postgres-conf",
    passwords: "/etc/postgres-credentials",
    volume: "/var/lib/postgresql/data",
    data: "/var/lib/postgresql/data/pgdata",
    /** Of the container alone: who sees the socket may be superuser. */
    socket: "/run/postgresql",
    pidFile: "/var/lib/postgresql/data/pgdata/postmaster.pid",
    temporary: "/tmp",
} as const;

/**
 * Renders the script that runs PostgreSQL (`start`) and says whether it takes connections (`ready`).
 *
 * `start` makes the data directory under another name and renames it, so that a half-made one never counts; sets roles and passwords
 * while the network is closed; then runs the server and turns TERM, which would wait for the clients, into a fast shutdown.
 *
 * @throws an error that names the argument, if a name or a time is out of bounds
 */
export function renderRunScript(settings: RunScriptSettings): string {
    checkRoles(settings);
    checkPort(settings.port);
    checkSeconds("sessionMaxAgeSeconds", settings.sessionMaxAgeSeconds);
    checkSeconds("sessionCheckSeconds", settings.sessionCheckSeconds);
    return [preamble(settings), create, unlock, prepare, endSessions, serve, choose].join("\n");
}

/**
 * Renders what psql repeats as long as the server runs: PostgreSQL itself ends no session because it is old, and an old one has
 * never met a renewed certificate or a revoked one.
 */
export function renderSessionsSql(settings: RunScriptSettings): string {
    const age = `interval '1 second' * (${settings.sessionMaxAgeSeconds} + pid % ${Math.ceil(settings.sessionMaxAgeSeconds / 10)})`;
    return [
        "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity",
        "WHERE client_addr IS NOT NULL AND backend_start + " +
            age +
            " * CASE state WHEN 'idle' THEN 1 ELSE 2 END < now()",
        `\\watch ${settings.sessionCheckSeconds}`,
        "",
    ].join("\n");
}

const preamble = (settings: RunScriptSettings) => `#!/bin/sh
# start: makes the database if there is none, sets roles and passwords, runs PostgreSQL. ready: says whether it takes connections.
set -eu
umask 077
PATH=/usr/lib/postgresql/17/bin:$PATH
export PGPORT=${settings.port}
config=${postgresPaths.config}
volume=${postgresPaths.volume}
data=${postgresPaths.data}
socket=${postgresPaths.socket}
roles="${roleNames(settings).join(" ")}"
stopping= server=

log() {
    printf '{"time":"%s","event":"%s"}\\n' "$(date -u +%Y-%m-%dT%H:%M:%SZ)" "$1"
}
`;

const create = `create() {
    [ ! -e "$data" ] || return 0
    rm -rf "$data.new"
    initdb --pgdata="$data.new" --username=postgres --auth=reject --data-checksums --no-instructions \\
        --encoding=UTF8 --locale=C.UTF-8 --locale-provider=builtin --builtin-locale=C.UTF-8 >/dev/null
    mv "$data.new" "$data"
    sync "$volume"
    log database_created
}
`;

/** In a namespace of processes that is shared, the number in a lock that was left behind may be the sidecar's. */
const unlock = `unlock() {
    pid=$(head -n 1 "${postgresPaths.pidFile}" 2>/dev/null) || return 0
    [ -d "/proc/$pid" ] || return 0
    [ "$(cat "/proc/$pid/comm" 2>/dev/null)" != postgres ] || return 0
    rm "${postgresPaths.pidFile}"
    log stale_lock_removed
}
`;

const prepare = `prepare() {
    for role in $roles; do
        [ -s "${postgresPaths.passwords}/$role" ] || { log password_missing && exit 1; }
    done
    pg_ctl start --silent --wait --timeout=3600 --pgdata="$data" --options="-c config_file=$config/postgresql.conf \\
        -c listen_addresses= -c unix_socket_directories=${postgresPaths.temporary}"
    status=0
    PGOPTIONS="-c client_min_messages=warning" psql --no-psqlrc --quiet --tuples-only --host=${postgresPaths.temporary} --username=postgres --dbname=postgres \\
        --file="$config/roles.sql" || status=$?
    pg_ctl stop --silent --wait --mode=fast --pgdata="$data"
    [ "$status" = 0 ] || { log roles_not_set && exit 1; }
}
`;

const endSessions = `end_sessions() {
    while sleep 1 && kill -0 "$server"; do
        psql --no-psqlrc --quiet --host="$socket" --username=postgres --dbname=postgres --file="$config/sessions.sql" || :
    done
}
`;

const serve = `stop() {
    stopping=yes
    [ -z "$server" ] || kill -INT "$server" || :
}

start() {
    trap stop TERM INT
    # Without it OpenSSL would offer what it was built with.
    [ -s "\${OPENSSL_CONF-}" ] || { log openssl_conf_missing && exit 1; }
    create
    chmod 700 "$data"
    unlock
    prepare
    [ -z "$stopping" ] || exit 0
    postgres -D "$data" -c config_file="$config/postgresql.conf" &
    server=$!
    [ -z "$stopping" ] || kill -INT "$server"
    end_sessions >/dev/null 2>&1 &
    sessions=$!
    status=0
    wait "$server" || status=$?
    # A signal ends the wait, not the server.
    while kill -0 "$server" 2>/dev/null; do
        status=0
        wait "$server" || status=$?
    done
    kill "$sessions" || :
    exit "$status"
}
`;

const choose = `case "\${1-}" in
start) start ;;
ready) exec pg_isready --quiet --timeout=2 --host="$socket" --username=postgres --dbname=postgres ;;
*) echo "usage: $0 start|ready" >&2 && exit 2 ;;
esac
`;

function checkSeconds(argument: string, seconds: number): void {
    if (Number.isInteger(seconds) && seconds >= 1 && seconds <= 86_400) return;
    throw new Error(`[${argument}] is ${seconds}; allowed whole seconds from 1 to 86400`);
}
