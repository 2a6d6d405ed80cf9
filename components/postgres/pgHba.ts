import { checkRoles, type PostgresRoles } from "./postgresRoles";

/**
 * Renders pg_hba.conf, which says who may log in. Over the network: each role to its own database, with its password, a certificate
 * whose common name is the role, and TLS. Over the Unix socket: the superuser, by the user of the process.
 *
 * The first line that matches decides, so what no line above allows ends at the last ones. `all` does not include replication, which
 * has lines of its own. Names are quoted, which takes a keyword's meaning from it.
 *
 * @throws an error that names the argument, if a name could be read as something else
 * @see https://www.postgresql.org/docs/17/auth-pg-hba-conf.html
 */
export function renderPgHba(settings: PostgresRoles): string {
    checkRoles(settings);
    const { roles, replicationRoles } = settings;
    return [
        "local all postgres peer",
        "local all all reject",
        ...roles.map(({ role, database }) => login(`"${database}"`, role)),
        ...replicationRoles.map((role) => login("replication", role)),
        "hostnossl all all all reject",
        "hostnossl replication all all reject",
        "host all all all reject",
        "host replication all all reject",
        "",
    ].join("\n");
}

const login = (database: string, role: string): string =>
    `hostssl ${database} "${role}" all scram-sha-256 clientcert=verify-full`;
