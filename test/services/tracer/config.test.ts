import { readConfig } from "../../../services/tracer/config";

const complete: Readonly<Record<string, string>> = {
    PORT: "3002",
    METRICS_PORT: "9443",
    TLS_CERTIFICATE_DIR: "/etc/certs",
    TLS_TRUST_FILE: "/etc/trust/ca.crt",
    TLS_CIPHER_SUITES: "TLS_AES_256_GCM_SHA384",
    TLS_GROUPS: "prime256v1:secp384r1",
    GATEWAY_IDENTITY: "gateway.llm-platform.svc",
    ALLOWED_CLIENTS: "verifier.llm-platform.svc",
    METRICS_CLIENTS: "prometheus.monitoring.svc",
    CONNECTION_MAX_AGE_SECONDS: "3600",
    DRAIN_SECONDS: "20",
    JWT_ISSUER: "https://issuer.local.bluefly.io",
    JWT_AUDIENCE: "tracer.local.bluefly.io",
    JWT_ALGORITHM: "ES256",
    JWKS_FILE: "/etc/tracer-jwks/jwks.json",
    ALLOWED_ORIGINS: "https://console.local.bluefly.io,https://other.example:8443",
    MAX_PAYLOAD_BYTES: "65536",
    MAX_MESSAGES_PER_SECOND: "200",
};

it("reads the whole environment", () => {
    expect(readConfig(complete)).toEqual({
        config: {
            port: 3002,
            metricsPort: 9443,
            files: { certificateDirectory: "/etc/certs", trustFile: "/etc/trust/ca.crt" },
            policy: {
                cipherSuites: ["TLS_AES_256_GCM_SHA384"],
                groups: ["prime256v1", "secp384r1"],
            },
            gatewayIdentity: "gateway.llm-platform.svc",
            allowedClients: ["verifier.llm-platform.svc"],
            metricsClients: ["prometheus.monitoring.svc"],
            connectionMaxAgeSeconds: 3600,
            drainSeconds: 20,
            issuer: "https://issuer.local.bluefly.io",
            audience: "tracer.local.bluefly.io",
            algorithm: "ES256",
            jwksFile: "/etc/tracer-jwks/jwks.json",
            allowedOrigins: ["https://console.local.bluefly.io", "https://other.example:8443"],
            maxPayloadBytes: 65_536,
            maxMessagesPerSecond: 200,
            maxSocketsPerIdentity: 256,
            healthSocket: "/tmp/health.sock",
        },
    });
});

it("takes an empty list of origins, and another number of sockets", () => {
    const env = { ...complete, ALLOWED_ORIGINS: "", MAX_SOCKETS_PER_IDENTITY: "2" };
    expect(readConfig(env)).toMatchObject({
        config: { allowedOrigins: [], maxSocketsPerIdentity: 2 },
    });
});

const origins =
    "expected origins https://<host> with commas between, or empty; set for example ALLOWED_ORIGINS=https://console.local.bluefly.io";
const algorithm =
    "expected ES256 or ES384 or PS256 or PS384 or EdDSA; set for example JWT_ALGORITHM=ES256";

it.each([
    ["JWT_ALGORITHM", "none", `JWT_ALGORITHM is "none"; ${algorithm}`],
    ["JWT_ALGORITHM", "HS256", `JWT_ALGORITHM is "HS256"; ${algorithm}`],
    ["JWT_ALGORITHM", "ES256,ES384", `JWT_ALGORITHM is "ES256,ES384"; ${algorithm}`],
    ["JWT_ALGORITHM", "es256", `JWT_ALGORITHM is "es256"; ${algorithm}`],
    [
        "JWT_ISSUER",
        "",
        'JWT_ISSUER is ""; expected 1 to 256 printable characters without space; set for example JWT_ISSUER=https://issuer.local.bluefly.io',
    ],
    [
        "JWT_AUDIENCE",
        "a b",
        'JWT_AUDIENCE is "a b"; expected 1 to 256 printable characters without space; set for example JWT_AUDIENCE=tracer.local.bluefly.io',
    ],
    [
        "JWKS_FILE",
        "jwks.json",
        'JWKS_FILE is "jwks.json"; expected an absolute path; set for example JWKS_FILE=/etc/tracer-jwks/jwks.json',
    ],
    ["ALLOWED_ORIGINS", "*", `ALLOWED_ORIGINS is "*"; ${origins}`],
    ["ALLOWED_ORIGINS", "null", `ALLOWED_ORIGINS is "null"; ${origins}`],
    ["ALLOWED_ORIGINS", "http://a.example", `ALLOWED_ORIGINS is "http://a.example"; ${origins}`],
    [
        "ALLOWED_ORIGINS",
        "https://a.example/",
        `ALLOWED_ORIGINS is "https://a.example/"; ${origins}`,
    ],
    ["ALLOWED_ORIGINS", "https://*.example", `ALLOWED_ORIGINS is "https://*.example"; ${origins}`],
    [
        "ALLOWED_ORIGINS",
        "https://a.example,",
        `ALLOWED_ORIGINS is "https://a.example,"; ${origins}`,
    ],
    [
        "MAX_PAYLOAD_BYTES",
        "63",
        'MAX_PAYLOAD_BYTES is "63"; expected an integer from 64 to 1048576; set for example MAX_PAYLOAD_BYTES=65536',
    ],
    [
        "MAX_MESSAGES_PER_SECOND",
        "0",
        'MAX_MESSAGES_PER_SECOND is "0"; expected an integer from 1 to 10000; set for example MAX_MESSAGES_PER_SECOND=200',
    ],
    [
        "MAX_SOCKETS_PER_IDENTITY",
        "4097",
        'MAX_SOCKETS_PER_IDENTITY is "4097"; expected an integer from 1 to 4096; set for example MAX_SOCKETS_PER_IDENTITY=256',
    ],
    [
        "PORT",
        "9443",
        'METRICS_PORT is "9443", as PORT is; expected another port; set METRICS_PORT=9443',
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
