import { checkRoles, type PostgresRole, type PostgresRoles } from "./postgresRoles";

/**
 * Renders what psql runs before each start: makes the roles, databases and schemas that are missing, and sets passwords and rights.
 *
 * psql reads a password from its file and quotes it. A role owns the schema of its own name, first in its search path, and may connect to its
 * database; the database is the superuser's. Nobody else may connect anywhere.
 *
 * @param passwords directory with a file for each role
 * @throws an error that names the argument, if a name could be read as something else
 */
export function renderRolesSql(settings: PostgresRoles, passwords: string): string {
    checkRoles(settings);
    const { roles, replicationRoles } = settings;
    const databases = [...new Set(roles.map(({ database }) => database))].sort();
    return [
        "\\set ON_ERROR_STOP on",
        "REVOKE ALL ON DATABASE postgres, template1 FROM PUBLIC;",
        ...roles.flatMap(({ role }) => setRole(role, "NOREPLICATION", passwords)),
        ...replicationRoles.flatMap((role) => setRole(role, "REPLICATION", passwords)),
        ...databases.flatMap(setDatabase),
        ...roles.flatMap(letIn),
        "",
    ].join("\n");
}

const setRole = (role: string, replication: string, passwords: string): string[] => [
    `SELECT 'CREATE ROLE "${role}"' WHERE NOT EXISTS (SELECT FROM pg_roles WHERE rolname = '${role}') \\gexec`,
    `\\set password \`cat ${passwords}/${role}\``,
    `ALTER ROLE "${role}" LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE NOBYPASSRLS ${replication} PASSWORD :'password';`,
];

const setDatabase = (database: string): string[] => [
    `SELECT 'CREATE DATABASE "${database}"' WHERE NOT EXISTS (SELECT FROM pg_database WHERE datname = '${database}') \\gexec`,
    `REVOKE ALL ON DATABASE "${database}" FROM PUBLIC;`,
];

const letIn = ({ role, database }: PostgresRole): string[] => [
    `GRANT CONNECT, TEMPORARY ON DATABASE "${database}" TO "${role}";`,
    `\\connect "${database}"`,
    `CREATE SCHEMA IF NOT EXISTS "${role}" AUTHORIZATION "${role}";`,
];
