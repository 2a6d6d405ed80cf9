import * as fc from "fast-check";
import { renderRedisConf, type RedisConfSettings } from "../../../components/redis/redisConf";
import { tlsProfile, TlsProfileName } from "../../../components/tls/profile";

const settings: RedisConfSettings = {
    profile: tlsProfile(TlsProfileName.Modern),
    port: 6380,
    maxMemoryMiB: 128,
};

it("renders the whole file", () => {
    expect(renderRedisConf(settings)).toBe(`include /etc/redis-users/users.conf
bind * -::*
port 0
tls-port 6380
unixsocket /run/redis/redis.sock
unixsocketperm 700
tls-cert-file /etc/certs/tls.crt
tls-key-file /etc/certs/tls.key
tls-ca-cert-file /etc/trust/ca.crt
tls-ca-cert-dir ""
tls-auth-clients yes
tls-protocols TLSv1.3
tls-ciphersuites TLS_AES_256_GCM_SHA384:TLS_CHACHA20_POLY1305_SHA256:TLS_AES_128_GCM_SHA256
tls-replication yes
tls-cluster yes
tls-session-caching no
protected-mode yes
enable-protected-configs no
enable-debug-command no
enable-module-command no
dir /data
save ""
appendonly yes
appendfsync everysec
maxmemory 134217728
maxmemory-policy allkeys-lru
`);
});

it("renders nothing but the suites of the profile", () => {
    const profile = tlsProfile(TlsProfileName.Fips);
    expect(renderRedisConf({ ...settings, profile })).toContain(
        "\ntls-ciphersuites TLS_AES_256_GCM_SHA384:TLS_AES_128_GCM_SHA256\n",
    );
});

it.each<[string, Partial<RedisConfSettings>, string]>([
    [
        "a privileged port",
        { port: 443 },
        "[port] is 443; allowed a whole number from 1024 to 65535",
    ],
    [
        "a memory without end",
        { maxMemoryMiB: 0 },
        "[maxMemoryMiB] is 0; allowed a whole number from 16 to 65536",
    ],
    [
        "half a mebibyte",
        { maxMemoryMiB: 16.5 },
        "[maxMemoryMiB] is 16.5; allowed a whole number from 16 to 65536",
    ],
    [
        "no suite",
        { profile: { cipherSuites: [] } },
        "[profile.cipherSuites] is empty; allowed one name or more",
    ],
    [
        "a directive in a suite",
        { profile: { cipherSuites: ["TLS_AES_128_GCM_SHA256\nport 6379"] } },
        '[profile.cipherSuites] has "TLS_AES_128_GCM_SHA256\\nport 6379"; allowed names of capital letters, digits and "_"',
    ],
])("refuses %s", (_case, changes, message) => {
    expect(() => renderRedisConf({ ...settings, ...changes })).toThrow(new Error(message));
});

describe("whatever a setting says", () => {
    /** What Redis makes of a line: a name and words. */
    const names = (text: string) => text.split("\n").map((line) => line.split(" ", 1)[0]);
    const compliant = names(renderRedisConf(settings));
    const words = (text: string) => text.split("\n").map((line) => line.split(" ").length);

    const unchanged = (changes: Partial<RedisConfSettings>) => {
        let rendered: string;
        try {
            rendered = renderRedisConf({ ...settings, ...changes });
        } catch (error) {
            expect(String(error)).toMatch(/^Error: \[[a-zA-Z.]+\] (?:is|has) /);
            return;
        }
        expect(names(rendered)).toEqual(compliant);
        expect(words(rendered)).toEqual(words(renderRedisConf(settings)));
    };

    const suite = fc.oneof(
        fc.string(),
        fc.string({ unit: fc.constantFrom("A", "_", "1", " ", "\n", '"', "'", "#", ":", "\\") }),
        fc.constantFrom("TLS_AES_128_GCM_SHA256", "A\r\nport 6379", "A # b", '"A', "A B"),
    );

    it("a list of suites changes no directive and no word", () => {
        fc.assert(
            fc.property(fc.array(suite), (cipherSuites) => {
                unchanged({ profile: { cipherSuites } });
            }),
        );
    });

    it("a number changes no directive and no word", () => {
        const number = fc.oneof(fc.integer(), fc.double());
        fc.assert(
            fc.property(number, number, (port, maxMemoryMiB) => {
                unchanged({ port });
                unchanged({ maxMemoryMiB });
            }),
        );
    });
});
