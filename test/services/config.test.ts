import { readConfig } from "../../services/api/config";

const complete: Readonly<Record<string, string>> = {
    PORT: "3001",
    METRICS_PORT: "9443",
    TLS_CERTIFICATE_DIR: "/etc/certs",
    TLS_TRUST_FILE: "/etc/trust/ca.crt",
    TLS_CIPHER_SUITES: "TLS_AES_256_GCM_SHA384:TLS_CHACHA20_POLY1305_SHA256:TLS_AES_128_GCM_SHA256",
    TLS_GROUPS: "X25519:prime256v1:secp384r1",
    GATEWAY_IDENTITY: "gateway.llm-platform.svc",
    ALLOWED_CLIENTS: "verifier.llm-platform.svc,team.tenant-a.svc",
    METRICS_CLIENTS: "prometheus.monitoring.svc",
    CONNECTION_MAX_AGE_SECONDS: "3600",
    DRAIN_SECONDS: "20",
};

it("reads the whole environment", () => {
    expect(readConfig(complete)).toEqual({
        config: {
            port: 3001,
            metricsPort: 9443,
            files: { certificateDirectory: "/etc/certs", trustFile: "/etc/trust/ca.crt" },
            policy: {
                cipherSuites: [
                    "TLS_AES_256_GCM_SHA384",
                    "TLS_CHACHA20_POLY1305_SHA256",
                    "TLS_AES_128_GCM_SHA256",
                ],
                groups: ["X25519", "prime256v1", "secp384r1"],
            },
            gatewayIdentity: "gateway.llm-platform.svc",
            allowedClients: ["verifier.llm-platform.svc", "team.tenant-a.svc"],
            metricsClients: ["prometheus.monitoring.svc"],
            connectionMaxAgeSeconds: 3600,
            drainSeconds: 20,
            healthSocket: "/tmp/health.sock",
        },
    });
});

const suites = "expected TLS 1.3 cipher suites with colons between";
const suitesFix = "set for example TLS_CIPHER_SUITES=TLS_AES_256_GCM_SHA384:TLS_AES_128_GCM_SHA256";
const groups =
    "expected groups that OpenSSL knows with colons between; set for example TLS_GROUPS=prime256v1:secp384r1";
const port = "expected an integer from 1024 to 65535; set for example PORT=3001";

it.each([
    ["PORT", "443", `PORT is "443"; ${port}`],
    ["PORT", "65536", `PORT is "65536"; ${port}`],
    ["PORT", "3001.5", `PORT is "3001.5"; ${port}`],
    ["PORT", " 3001", `PORT is " 3001"; ${port}`],
    ["PORT", "", `PORT is ""; ${port}`],
    [
        "PORT",
        "9443",
        'METRICS_PORT is "9443", as PORT is; expected another port; set METRICS_PORT=9443',
    ],
    [
        "TLS_CERTIFICATE_DIR",
        "certs",
        'TLS_CERTIFICATE_DIR is "certs"; expected an absolute path; set for example TLS_CERTIFICATE_DIR=/etc/certs',
    ],
    [
        "TLS_TRUST_FILE",
        "",
        'TLS_TRUST_FILE is ""; expected an absolute path; set for example TLS_TRUST_FILE=/etc/trust/ca.crt',
    ],
    [
        "TLS_CIPHER_SUITES",
        "ECDHE-RSA-AES256-GCM-SHA384",
        `TLS_CIPHER_SUITES is "ECDHE-RSA-AES256-GCM-SHA384"; ${suites}; ${suitesFix}`,
    ],
    ["TLS_CIPHER_SUITES", "TLS_AES_1", `TLS_CIPHER_SUITES is "TLS_AES_1"; ${suites}; ${suitesFix}`],
    ["TLS_CIPHER_SUITES", "", `TLS_CIPHER_SUITES is ""; ${suites}; ${suitesFix}`],
    ["TLS_GROUPS", "X25519:nonsense", `TLS_GROUPS is "X25519:nonsense"; ${groups}`],
    ["TLS_GROUPS", "auto", `TLS_GROUPS is "auto"; ${groups}`],
    [
        "GATEWAY_IDENTITY",
        "gateway",
        'GATEWAY_IDENTITY is "gateway"; expected an identity <service>.<namespace>.svc; set for example GATEWAY_IDENTITY=gateway.llm-platform.svc',
    ],
    [
        "ALLOWED_CLIENTS",
        "verifier.llm-platform.svc, team.tenant-a.svc",
        'ALLOWED_CLIENTS is "verifier.llm-platform.svc, team.tenant-a.svc"; expected identities <service>.<namespace>.svc with commas between; set for example ALLOWED_CLIENTS=verifier.llm-platform.svc',
    ],
    [
        "METRICS_CLIENTS",
        "*",
        'METRICS_CLIENTS is "*"; expected identities <service>.<namespace>.svc with commas between; set for example METRICS_CLIENTS=prometheus.monitoring.svc',
    ],
    [
        "CONNECTION_MAX_AGE_SECONDS",
        "0",
        'CONNECTION_MAX_AGE_SECONDS is "0"; expected an integer from 1 to 86400; set for example CONNECTION_MAX_AGE_SECONDS=3600',
    ],
    [
        "DRAIN_SECONDS",
        "301",
        'DRAIN_SECONDS is "301"; expected an integer from 1 to 300; set for example DRAIN_SECONDS=20',
    ],
    [
        "HEALTH_SOCKET",
        "health.sock",
        'HEALTH_SOCKET is "health.sock"; expected an absolute path; set for example HEALTH_SOCKET=/tmp/health.sock',
    ],
])("refuses %s=%s", (name, value, message) => {
    expect(readConfig({ ...complete, [name]: value })).toEqual({ errors: [message] });
});

it.each(Object.keys(complete))("refuses to do without %s", (name) => {
    const rest = Object.entries(complete).filter(([other]) => other !== name);
    expect(readConfig(Object.fromEntries(rest))).toEqual({
        errors: [expect.stringMatching(`^${name} is not set; expected .+; set for`)],
    });
});

it("says everything that is wrong at once", () => {
    const read = readConfig({});
    expect("errors" in read && read.errors.map((line) => line.split(" ")[0]).sort()).toEqual(
        Object.keys(complete).sort(),
    );
});
