import { TlsProfileName } from "../../components/tls/profile";
import { nginxRequireTls13 } from "../../policies/rules/nginxRequireTls13";
import { configMap, judge, workload } from "./judging";
import { plainConf, renderedConf } from "./nginxConf";

const judged = (text: string, profile = "modern") =>
    judge(nginxRequireTls13, configMap({ "nginx.conf": text }), { pack: { profile } });

it.each([
    ["what the component renders", renderedConf(), "modern"],
    ["what it renders for FIPS", renderedConf(TlsProfileName.Fips), "fips"],
    ["what it renders for FIPS under modern", renderedConf(TlsProfileName.Fips), "modern"],
    ["a file by hand", plainConf, "modern"],
    ["a file by hand under FIPS", plainConf, "fips"],
    ["a version in another case", plainConf.replace("TLSv1.3;", '"tlsv1.3";'), "modern"],
    ["comments", plainConf.replace("http {", "http { # ssl_protocols TLSv1.2;"), "modern"],
    ["other names of groups", plainConf.replace("prime256v1:secp384r1", "P-256:P-384"), "modern"],
    ["optional client certificates", plainConf.replace("client on", "client optional"), "modern"],
    ["a server without TLS, which another rule judges", "server { listen 80; }", "modern"],
    [
        "MinProtocol TLSv1.3",
        plainConf.replace("events", "ssl_conf_command MinProtocol TLSv1.3; events"),
        "modern",
    ],
])("accepts %s", (_case, text, profile) => {
    expect(judged(text, profile)).toEqual([]);
});

/** One change in the compliant file, and the one violation that it makes. */
const changes: [name: string, from: string, to: string, got: string, line: number][] = [
    [
        "TLS 1.2 beside 1.3",
        "    ssl_protocols TLSv1.3",
        "    ssl_protocols TLSv1.2 TLSv1.3",
        "ssl_protocols TLSv1.2 TLSv1.3",
        4,
    ],
    [
        "TLS 1.2 in a second directive",
        "    ssl_protocols TLSv1.3;",
        "    ssl_protocols TLSv1.3;ssl_protocols TLSv1.2;",
        "ssl_protocols TLSv1.3; ssl_protocols TLSv1.2",
        4,
    ],
    [
        "no versions",
        "    ssl_protocols TLSv1.3;\n",
        "\n",
        "no ssl_protocols, which means TLSv1.2 TLSv1.3",
        8,
    ],
    [
        "a version that does not exist",
        "    ssl_protocols TLSv1.3",
        "    ssl_protocols TLSv1.4",
        "ssl_protocols TLSv1.4",
        4,
    ],
    [
        "a versions directive without versions",
        "    ssl_protocols TLSv1.3",
        "    ssl_protocols",
        "ssl_protocols",
        4,
    ],
    [
        "a variable for the versions",
        "    ssl_protocols TLSv1.3",
        "    ssl_protocols ${VERSIONS}",
        "ssl_protocols ${VERSIONS}",
        4,
    ],
    [
        "a server that weakens what it inherits",
        "listen 8443 ssl;",
        "listen 8443 ssl; ssl_protocols TLSv1.2;",
        "ssl_protocols TLSv1.2",
        9,
    ],
    [
        "quic with weaker versions beside",
        "listen 8443 ssl;",
        "listen 8443 quic; ssl_protocols TLSv1.2 TLSv1.3;",
        "ssl_protocols TLSv1.2 TLSv1.3",
        9,
    ],
    [
        "no suites",
        "    ssl_conf_command Ciphersuites TLS_AES_256_GCM_SHA384:TLS_AES_128_GCM_SHA256;\n",
        "\n",
        "no ssl_conf_command Ciphersuites, which means all that OpenSSL has",
        8,
    ],
    [
        "a suite outside the profile",
        "    ssl_conf_command Ciphersuites TLS_AES_256_GCM_SHA384",
        "    ssl_conf_command Ciphersuites TLS_AES_128_CCM_SHA256",
        "ssl_conf_command Ciphersuites TLS_AES_128_CCM_SHA256:TLS_AES_128_GCM_SHA256",
        5,
    ],
    [
        "no suite at all",
        "    ssl_conf_command Ciphersuites TLS_AES_256_GCM_SHA384:TLS_AES_128_GCM_SHA256",
        '    ssl_conf_command Ciphersuites ""',
        "ssl_conf_command Ciphersuites ",
        5,
    ],
    [
        "a later suite command that wins",
        "    ssl_ecdh_curve",
        "    ssl_conf_command ciphersuites TLS_AES_128_CCM_8_SHA256; ssl_ecdh_curve",
        "ssl_conf_command ciphersuites TLS_AES_128_CCM_8_SHA256",
        6,
    ],
    [
        "no groups",
        "    ssl_ecdh_curve prime256v1:secp384r1;\n",
        "\n",
        "no ssl_ecdh_curve, which means all that OpenSSL has",
        8,
    ],
    [
        "a group outside the profile",
        "prime256v1:secp384r1",
        "prime256v1:secp521r1",
        "ssl_ecdh_curve prime256v1:secp521r1",
        6,
    ],
    [
        "a group in a tuple",
        "prime256v1:secp384r1",
        "*prime256v1/ffdhe2048",
        "ssl_ecdh_curve *prime256v1/ffdhe2048",
        6,
    ],
    ["automatic groups", "prime256v1:secp384r1", "auto", "ssl_ecdh_curve auto", 6],
    [
        "a command that lowers the version",
        "    ssl_ecdh_curve",
        "    ssl_conf_command MinProtocol TLSv1.2; ssl_conf_command Ciphersuites TLS_AES_128_GCM_SHA256; ssl_ecdh_curve",
        "ssl_conf_command MinProtocol TLSv1.2",
        6,
    ],
    [
        "a command that sets versions",
        "    ssl_ecdh_curve",
        "    ssl_conf_command Protocol ALL; ssl_ecdh_curve",
        "ssl_conf_command Protocol ALL",
        6,
    ],
    [
        "a command that sets groups",
        "    ssl_ecdh_curve",
        "    ssl_conf_command Curves P-521; ssl_ecdh_curve",
        "ssl_conf_command Curves P-521",
        6,
    ],
    [
        "an upstream with TLS 1.2",
        "proxy_ssl_protocols TLSv1.3",
        "proxy_ssl_protocols TLSv1.2",
        "proxy_ssl_protocols TLSv1.2",
        14,
    ],
    [
        "an upstream without versions",
        "proxy_ssl_protocols TLSv1.3;",
        "",
        "no proxy_ssl_protocols, which means TLSv1.2 TLSv1.3",
        13,
    ],
    [
        "an upstream without suites",
        "proxy_ssl_conf_command Ciphersuites TLS_AES_256_GCM_SHA384:TLS_AES_128_GCM_SHA256;",
        "",
        "no proxy_ssl_conf_command Ciphersuites, which means all that OpenSSL has",
        13,
    ],
    ["an upstream that is not verified", "proxy_ssl_verify on;", "", "no proxy_ssl_verify", 13],
    [
        "an upstream whose verification is off",
        "proxy_ssl_verify on",
        "proxy_ssl_verify off",
        "proxy_ssl_verify off",
        16,
    ],
    [
        "an upstream without trust",
        "proxy_ssl_trusted_certificate /etc/trust/ca.crt;",
        "",
        "no proxy_ssl_trusted_certificate",
        13,
    ],
    [
        "an upstream whose name the client chooses",
        "proxy_ssl_name api.llm-platform.svc",
        "proxy_ssl_name $host",
        "proxy_ssl_name $host",
        18,
    ],
    [
        "gRPC over TLS 1.2",
        "proxy_pass https://backend;",
        "proxy_pass https://backend; if ($x) { grpc_pass grpcs://backend; grpc_ssl_protocols TLSv1.2; grpc_ssl_conf_command Ciphersuites TLS_AES_128_GCM_SHA256; grpc_ssl_verify on; grpc_ssl_trusted_certificate /t; }",
        "grpc_ssl_protocols TLSv1.2",
        13,
    ],
    [
        "an identity that nobody verified",
        "ssl_verify_client on;",
        "",
        "no ssl_verify_client, which means off",
        8,
    ],
    [
        "an identity that need not verify",
        "client on",
        "client optional_no_ca",
        "ssl_verify_client optional_no_ca",
        11,
    ],
];

it.each(changes)("refuses %s", (_name, from, to, got, line) => {
    expect(plainConf.split(from)).toHaveLength(2);
    expect(judged(plainConf.replace(from, () => to))).toEqual([
        { at: `data["nginx.conf"]:${line}`, got, wanted: expect.any(String) as string },
    ]);
});

it("refuses an identity that came through a map, though no header names it", () => {
    const text = plainConf
        .replace("http {", "http { map $ssl_client_escaped_cert $who { default $ssl_client_s_dn; }")
        .replace("$ssl_client_escaped_cert;", "$who;")
        .replace("ssl_verify_client on;", "");
    expect(judged(text)).toEqual([
        expect.objectContaining({ got: "no ssl_verify_client, which means off" }),
    ]);
});

it("says what is wanted in words that can be pasted", () => {
    expect(
        judged(plainConf.replace("    ssl_protocols TLSv1.3", "    ssl_protocols TLSv1.2")),
    ).toEqual([
        {
            at: 'data["nginx.conf"]:4',
            got: "ssl_protocols TLSv1.2",
            wanted: "ssl_protocols TLSv1.3",
        },
    ]);
});

it("judges by the profile: ChaCha20 is modern and not FIPS", () => {
    expect(judged(renderedConf(), "modern")).toEqual([]);
    expect(judged(renderedConf(), "fips").map(({ got }) => got)).toEqual([
        expect.stringContaining(
            "ssl_conf_command Ciphersuites TLS_AES_256_GCM_SHA384:TLS_CHACHA20",
        ),
        expect.stringContaining(
            "proxy_ssl_conf_command Ciphersuites TLS_AES_256_GCM_SHA384:TLS_CHACHA20",
        ),
        "ssl_ecdh_curve X25519:prime256v1:secp384r1",
        "proxy_ssl_conf_command Groups X25519:prime256v1:secp384r1",
    ]);
});

it("judges a second server, a second text and a stream", () => {
    const weak =
        "server { listen 9443 ssl; ssl_protocols TLSv1.2; ssl_ecdh_curve X25519; ssl_conf_command Ciphersuites TLS_AES_128_GCM_SHA256; }";
    const subject = configMap({
        "nginx.conf": `${plainConf.trimEnd().slice(0, -1)}${weak}}\nstream { ${weak} }`,
        other: weak,
    });
    expect(judge(nginxRequireTls13, subject).map(({ at, got }) => `${at} ${got}`)).toEqual([
        'data["nginx.conf"]:24 ssl_protocols TLSv1.2',
        'data["nginx.conf"]:25 ssl_protocols TLSv1.2',
        'data["other"]:1 ssl_protocols TLSv1.2',
    ]);
});

it("has nothing to say about other kinds and other texts", () => {
    expect(judge(nginxRequireTls13, configMap({ "app.ini": "ssl_protocols = TLSv1.2\n" }))).toEqual(
        [],
    );
    expect(judge(nginxRequireTls13, workload({ image: "nginx" }))).toEqual([]);
});
