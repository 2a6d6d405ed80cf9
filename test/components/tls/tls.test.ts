import { Daemon, profileGaps } from "../../../components/tls/daemons";
import { checkedHostName, isHostName } from "../../../components/tls/hostName";
import { tlsProfile, TlsProfileName } from "../../../components/tls/profile";

describe("a profile", () => {
    it("modern has the three suites of TLS 1.3", () => {
        expect(tlsProfile(TlsProfileName.Modern)).toMatchObject({
            cipherSuites: [
                "TLS_AES_256_GCM_SHA384",
                "TLS_CHACHA20_POLY1305_SHA256",
                "TLS_AES_128_GCM_SHA256",
            ],
            groups: ["X25519", "prime256v1", "secp384r1"],
        });
    });

    it("fips has approved algorithms alone", () => {
        expect(tlsProfile(TlsProfileName.Fips)).toMatchObject({
            cipherSuites: ["TLS_AES_256_GCM_SHA384", "TLS_AES_128_GCM_SHA256"],
            groups: ["prime256v1", "secp384r1"],
        });
    });

    it.each(Object.values(TlsProfileName))("%s is found under its own name", (name) => {
        expect(tlsProfile(name).name).toBe(name);
    });
});

describe("what cannot be enforced", () => {
    it("is nothing in modern, where every daemon offers what is allowed", () => {
        expect(profileGaps(tlsProfile(TlsProfileName.Modern), Object.values(Daemon))).toEqual([]);
    });

    it("is Envoy's ChaCha20 in fips", () => {
        expect(profileGaps(tlsProfile(TlsProfileName.Fips), Object.values(Daemon))).toEqual([
            { name: "envoy.cipherSuites", offers: ["TLS_CHACHA20_POLY1305_SHA256"] },
        ]);
    });

    it("is nothing in fips where no Envoy runs", () => {
        const used = [Daemon.Nginx, Daemon.Node, Daemon.Postgres, Daemon.Redis];
        expect(profileGaps(tlsProfile(TlsProfileName.Fips), used)).toEqual([]);
    });
});

describe("a host name", () => {
    const longest = `${`${"a".repeat(61)}.`.repeat(4)}abcde`;

    it.each(["a.b", "gateway.local.bluefly.io", "0.example", "xn--bcher-kva.example", longest])(
        "may be %s",
        (name) => {
            expect(isHostName(name)).toBe(true);
            expect(checkedHostName("host", name)).toBe(name);
        },
    );

    it.each([
        "",
        "a",
        "A.b",
        "a.b.",
        ".a.b",
        "a..b",
        "*.a.b",
        "-a.b",
        "a-.b",
        "a_b.c",
        "a.b:443",
        "https://a.b",
        "a.b\n",
        "a b.c",
        `${longest}f`,
        `${"a".repeat(64)}.b`,
        "1.2.3.4",
        "10.1",
        "0x7f.0x1",
    ])("may not be %j", (name) => {
        expect(isHostName(name)).toBe(false);
        expect(() => checkedHostName("host", name)).toThrow(
            new Error(
                `[host] is ${JSON.stringify(name)}; allowed a lower-case DNS name of two labels or more, of at most 63 characters each and 253 in all, without scheme, port, wildcard or trailing dot, and no address`,
            ),
        );
    });
});
