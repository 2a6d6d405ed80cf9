import { checkedDatabaseName } from "./databaseName";

/** A role that logs in to one database and owns one schema there. */
export interface PostgresRole {
    readonly role: string;
    readonly database: string;
}

/** Everybody who may log in over the network. */
export interface PostgresRoles {
    readonly roles: readonly PostgresRole[];
    /** Roles that may copy the whole instance (`pg_basebackup`) and log in to no database. */
    readonly replicationRoles: readonly string[];
}

/**
 * Lets names through that mean themselves wherever they are written.
 *
 * @throws an error that names the argument, if a name could be read as something else, a role is there twice, or nobody is there
 */
export function checkRoles({ roles, replicationRoles }: PostgresRoles): void {
    if (roles.length === 0) throw new Error("[roles] is empty; allowed one role or more");
    roles.forEach(({ role, database }, index) => {
        checkedDatabaseName(`roles.${index}.role`, role);
        checkedDatabaseName(`roles.${index}.database`, database);
    });
    replicationRoles.forEach((role, index) =>
        checkedDatabaseName(`replicationRoles.${index}`, role),
    );
    const names = roleNames({ roles, replicationRoles });
    const repeated = names.find((name, index) => names.indexOf(name) !== index);
    if (repeated !== undefined)
        throw new Error(`[roles] has ${repeated} twice; allowed once each, with one database`);
}

/** Every role that has a password, in the order given. */
export const roleNames = ({ roles, replicationRoles }: PostgresRoles): string[] => [
    ...roles.map(({ role }) => role),
    ...replicationRoles,
];
