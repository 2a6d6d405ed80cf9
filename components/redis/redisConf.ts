import { podPaths } from "../kubernetes/mounts";
import type { TlsProfile } from "../tls/profile";

/** Where Redis finds and leaves its files; docs/images.md is the contract. */
export const redisPaths = {
    conf: "/etc/redis-conf/redis.conf",
    users: "/etc/redis-users/users.conf",
    socket: "/run/redis/redis.sock",
    data: "/data",
} as const;

export interface RedisConfSettings {
    readonly profile: Pick<TlsProfile, "cipherSuites">;
    /** Port of TLS, 1024 to 65535. There is no other. */
    readonly port: number;
    /** Memory that data may take, 16 to 65536 MiB; then the keys that were used least recently go. */
    readonly maxMemoryMiB: number;
}

/**
 * Renders redis.conf: mutual TLS 1.3 and a Unix socket, nothing in plaintext, every write on disk within the second. Users, and what
 * is secret, are in the file that it includes. Groups are not here: Redis takes them from OpenSSL's own configuration.
 *
 * One directive a line, no comment behind a value, which Redis would read as a second one. Each value stands as `CONFIG GET` gives it
 * back, so that the file can be compared with what a running Redis has.
 *
 * @throws an error that names the setting, if a value is out of bounds or could be read as something else
 * @see https://redis.io/docs/latest/operate/oss_and_stack/management/security/encryption/
 */
export function renderRedisConf({ profile, port, maxMemoryMiB }: RedisConfSettings): string {
    checkWholeNumber("port", port, 1024, 65535);
    checkWholeNumber("maxMemoryMiB", maxMemoryMiB, 16, 65536);
    const directives: readonly Directive[] = [
        // First, so that nothing in it can undo a line below: the last one wins.
        ["include", redisPaths.users],
        ...connections(port),
        ...tls(cipherSuites(profile)),
        ...restrictions,
        ...persistence,
        ["maxmemory", String(maxMemoryMiB * 1024 * 1024)],
        ["maxmemory-policy", "allkeys-lru"],
    ];
    return directives.map(([name, value]) => `${name} ${value}\n`).join("");
}

type Directive = readonly [name: string, value: string];

const connections = (port: number): Directive[] => [
    ["bind", "* -::*"],
    ["port", "0"],
    ["tls-port", String(port)],
    ["unixsocket", redisPaths.socket],
    // The two containers of the pod have one user.
    ["unixsocketperm", "700"],
];

const tls = (suites: string): Directive[] => [
    ["tls-cert-file", podPaths.certificate],
    ["tls-key-file", podPaths.privateKey],
    ["tls-ca-cert-file", podPaths.trustBundle],
    // Authorities of a directory would be trusted beside the bundle. Said, so that one who sets it at run time is drift.
    ["tls-ca-cert-dir", '""'],
    ["tls-auth-clients", "yes"],
    ["tls-protocols", "TLSv1.3"],
    ["tls-ciphersuites", suites],
    ["tls-replication", "yes"],
    // Nothing while this is no cluster; whoever makes it one must not get a bus in plaintext.
    ["tls-cluster", "yes"],
    ["tls-session-caching", "no"],
];

const restrictions: readonly Directive[] = [
    ["protected-mode", "yes"],
    ["enable-protected-configs", "no"],
    ["enable-debug-command", "no"],
    ["enable-module-command", "no"],
];

/** The log of writes alone: at most a second of them is lost with the machine, none with the process. */
const persistence: readonly Directive[] = [
    ["dir", redisPaths.data],
    ["save", '""'],
    ["appendonly", "yes"],
    ["appendfsync", "everysec"],
];

function cipherSuites({ cipherSuites: suites }: RedisConfSettings["profile"]): string {
    if (suites.length === 0)
        throw new Error("[profile.cipherSuites] is empty; allowed one name or more");
    const odd = suites.find((suite) => !/^[A-Z0-9_]+$/.test(suite));
    if (odd !== undefined)
        throw new Error(
            `[profile.cipherSuites] has ${JSON.stringify(odd)}; allowed names of capital letters, digits and "_"`,
        );
    return suites.join(":");
}

function checkWholeNumber(argument: string, value: number, lowest: number, highest: number): void {
    if (Number.isInteger(value) && value >= lowest && value <= highest) return;
    throw new Error(
        `[${argument}] is ${value}; allowed a whole number from ${lowest} to ${highest}`,
    );
}
