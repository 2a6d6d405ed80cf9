import fc from "fast-check";
import { renderOpensslConf } from "../../../components/tls/opensslConf";
import { tlsProfile, TlsProfileName } from "../../../components/tls/profile";

const rendered = (suites: string, groups: string) => `config_diagnostics = 1
openssl_conf = openssl_init

[openssl_init]
ssl_conf = ssl_module

[ssl_module]
system_default = every_context

[every_context]
MinProtocol = TLSv1.3
Ciphersuites = ${suites}
Groups = ${groups}
Options = -SessionTicket
`;

it.each([
    [
        TlsProfileName.Modern,
        "TLS_AES_256_GCM_SHA384:TLS_CHACHA20_POLY1305_SHA256:TLS_AES_128_GCM_SHA256",
        "X25519:prime256v1:secp384r1",
    ],
    [TlsProfileName.Fips, "TLS_AES_256_GCM_SHA384:TLS_AES_128_GCM_SHA256", "prime256v1:secp384r1"],
])("tells OpenSSL of %s", (name, suites, groups) => {
    expect(renderOpensslConf(tlsProfile(name))).toBe(rendered(suites, groups));
});

it.each([
    [{ cipherSuites: [] }, "[cipherSuites] is empty; allowed one name or more"],
    [{ groups: [] }, "[groups] is empty; allowed one name or more"],
    [
        { groups: ["P-256", "a\nMinProtocol = TLSv1"] },
        '[groups] has "a\\nMinProtocol = TLSv1"; allowed OpenSSL names of letters, digits, "_" and "-"',
    ],
])("refuses %j", (change, message) => {
    expect(() => renderOpensslConf({ ...tlsProfile(TlsProfileName.Fips), ...change })).toThrow(
        new Error(message),
    );
});

it("takes no name for more than a name", () => {
    const name = fc.oneof(
        { weight: 6, arbitrary: fc.stringMatching(/^[A-Za-z0-9_-]{1,20}$/) },
        fc.string({ unit: "binary" }),
    );
    const list = fc.array(name, { minLength: 1, maxLength: 4 });
    let taken = 0;
    fc.assert(
        fc.property(list, list, (cipherSuites, groups) => {
            let text: string;
            try {
                text = renderOpensslConf({ cipherSuites, groups });
            } catch (error) {
                expect((error as Error).message).toMatch(/^\[(?:cipherSuites|groups)\] has /);
                return;
            }
            taken += 1;
            expect(text).toBe(rendered(cipherSuites.join(":"), groups.join(":")));
        }),
        { numRuns: 500 },
    );
    // Else the property would say nothing about what is rendered.
    expect(taken).toBeGreaterThan(20);
});
