import { createHash } from "node:crypto";

/** An application as Redis knows it. All plain: it is part of what preview shows. */
export interface RedisApplication {
    /** User: a lower-case letter, then letters, digits and "-", at most 63; none of Redis' own. */
    name: string;
    /** What each of its keys begins with, for example `api:`. No prefix begins with another. */
    keyPrefix: string;
}

/** Users that are there whatever the applications are. */
export const ownUsers = ["probe", "reload", "replica"] as const;

export type OwnUser = (typeof ownUsers)[number];

/** Commands of a cache's client: strings with an end, and what client libraries say of themselves. */
const applicationCommands = [
    ..."del exists expire get incr mget pexpire ping pttl set ttl unlink".split(" "),
    "client|setinfo",
    "client|setname",
];

const ownCommands: Readonly<Record<OwnUser, readonly string[]>> = {
    probe: ["ping"],
    reload: ["config|get", "config|set", "ping"],
    replica: ["ping", "psync", "replconf"],
};

/**
 * Renders users.conf: a certificate opens the connection, a user says what it may do. The default user has no right and no way in;
 * each other has the commands that it needs and a password, of which the hash is written. An application reaches its own keys alone.
 * Redis reads the file at its start.
 *
 * The one password in clear is `masterauth`, which a replica made of this Redis would show to its master.
 *
 * @param passwordOf password of a user, letters and digits
 * @throws an error that names the argument and never a password, if one could be read as something else or is used twice
 * @see https://redis.io/docs/latest/operate/oss_and_stack/management/security/acl/
 */
export function renderUsersConf(
    applications: readonly RedisApplication[],
    passwordOf: (user: string) => string,
): string {
    checkApplications(applications);
    const checked = (name: string) => checkedPassword(name, passwordOf(name));
    const user = (name: string, commands: readonly string[], keys: readonly string[] = []) =>
        [
            `user ${name} reset on #${sha256(checked(name))}`,
            ...keys,
            ...commands.map((command) => `+${command}`),
        ].join(" ");
    return [
        "user default reset off",
        ...applications.map(({ name, keyPrefix }) =>
            user(name, applicationCommands, [`~${keyPrefix}*`]),
        ),
        ...ownUsers.map((name) => user(name, ownCommands[name])),
        "masteruser replica",
        `masterauth ${checked("replica")}`,
        "",
    ].join("\n");
}

/**
 * Checks that each application has a user and keys of its own.
 *
 * @throws an error that names the argument
 */
export function checkApplications(applications: readonly RedisApplication[]): void {
    if (applications.length === 0)
        throw new Error("[applications] is empty; allowed one or more, since no one else gets in");
    applications.forEach(({ name, keyPrefix }, index) => {
        checkName(`applications.${index}.name`, name);
        checkKeyPrefix(`applications.${index}.keyPrefix`, keyPrefix);
        for (const earlier of applications.slice(0, index))
            checkApart(index, { name, keyPrefix }, earlier);
    });
}

function checkName(argument: string, name: string): void {
    if (!/^[a-z](?:[a-z0-9-]{0,61}[a-z0-9])?$/.test(name))
        throw new Error(
            `[${argument}] is ${JSON.stringify(name)}; allowed a lower-case letter, then letters, digits and "-", at most 63`,
        );
    if (["default", ...ownUsers].includes(name))
        throw new Error(`[${argument}] is ${name}, a user of Redis itself; choose another name`);
}

/** A prefix ends where a name ends, and holds nothing that a pattern of keys gives a meaning to. */
function checkKeyPrefix(argument: string, keyPrefix: string): void {
    if (/^(?:[a-z0-9][a-z0-9_-]*:)+$/.test(keyPrefix) && keyPrefix.length <= 64) return;
    throw new Error(
        `[${argument}] is ${JSON.stringify(keyPrefix)}; allowed names of lower-case letters, digits, "_" and "-", each with ":" behind it, at most 64`,
    );
}

function checkApart(index: number, one: RedisApplication, earlier: RedisApplication): void {
    if (one.name === earlier.name)
        throw new Error(`[applications] has ${one.name} twice; allowed once each`);
    const [short, long] = [one.keyPrefix, earlier.keyPrefix].sort((a, b) => a.length - b.length);
    if (short !== undefined && long?.startsWith(short) === true)
        throw new Error(
            `[applications.${index}.keyPrefix] is ${one.keyPrefix}, and ${earlier.name} has ${earlier.keyPrefix}; allowed prefixes of which none begins with another`,
        );
}

function checkedPassword(user: string, password: string): string {
    if (/^[A-Za-z0-9]{32,128}$/.test(password)) return password;
    throw new Error(
        `[passwordOf] gives ${user} ${password.length} characters; allowed 32 to 128 letters and digits`,
    );
}

const sha256 = (text: string): string => createHash("sha256").update(text).digest("hex");
