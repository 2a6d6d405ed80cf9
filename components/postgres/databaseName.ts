/** Names that PostgreSQL, or its pg_hba.conf, has taken for itself. */
const taken = [
    "all",
    "none",
    "postgres",
    "public",
    "replication",
    "samegroup",
    "samerole",
    "sameuser",
    "template0",
    "template1",
];

/**
 * Returns the name of a role or of a database that may be written into pg_hba.conf, SQL and a path, and be a certificate's common
 * name: a lower-case letter or "_", then up to 62 letters, digits and "_".
 *
 * @throws an error that names the argument, if the text is anything else or PostgreSQL's own
 * @see https://www.postgresql.org/docs/17/sql-syntax-lexical.html, identifiers
 */
export function checkedDatabaseName(argument: string, text: string): string {
    if (!isName(text))
        throw new Error(
            `[${argument}] is ${JSON.stringify(text)}; allowed 1 to 63 lower-case letters, digits and "_", no digit first`,
        );
    if (isTaken(text))
        throw new Error(`[${argument}] is ${text}, which is PostgreSQL's own; choose another name`);
    return text;
}

/** Whether `checkedDatabaseName` takes a text. */
export const isDatabaseName = (text: string): boolean => isName(text) && !isTaken(text);

const isName = (text: string): boolean => /^[a-z_][a-z0-9_]{0,62}$/.test(text);
const isTaken = (text: string): boolean => taken.includes(text) || text.startsWith("pg_");
