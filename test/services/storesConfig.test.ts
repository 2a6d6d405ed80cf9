import { readConfig } from "../../services/api/config";

const withoutStores: Readonly<Record<string, string>> = {
    PORT: "3001",
    METRICS_PORT: "9443",
    TLS_CERTIFICATE_DIR: "/etc/certs",
    TLS_TRUST_FILE: "/etc/trust/ca.crt",
    TLS_CIPHER_SUITES: "TLS_AES_256_GCM_SHA384",
    TLS_GROUPS: "prime256v1",
    GATEWAY_IDENTITY: "gateway.llm-platform.svc",
    ALLOWED_CLIENTS: "verifier.llm-platform.svc",
    METRICS_CLIENTS: "prometheus.monitoring.svc",
    CONNECTION_MAX_AGE_SECONDS: "3600",
    DRAIN_SECONDS: "20",
};

const stores: Readonly<Record<string, string>> = {
    TLS_CLIENT_CERTIFICATE_DIR: "/etc/client-certs",
    POSTGRES_HOST: "postgres.llm-platform-data.svc",
    POSTGRES_PORT: "5432",
    POSTGRES_DATABASE: "llm_platform",
    POSTGRES_ROLE: "app_user",
    POSTGRES_PASSWORD_FILE: "/etc/postgres-credentials/password",
    REDIS_HOST: "redis.llm-platform-data.svc",
    REDIS_PORT: "6380",
    REDIS_USER: "api",
    REDIS_PASSWORD_FILE: "/etc/redis-credentials/password",
};

const storesOf = (env: Readonly<Record<string, string>>) => {
    const read = readConfig({ ...withoutStores, ...env });
    return "errors" in read ? read : read.config.stores;
};

it("reads where the stores are, with the trust bundle that the api serves with", () => {
    expect(storesOf(stores)).toEqual({
        clientFiles: {
            certificateDirectory: "/etc/client-certs",
            trustFile: "/etc/trust/ca.crt",
        },
        postgres: {
            host: "postgres.llm-platform-data.svc",
            port: 5432,
            database: "llm_platform",
            role: "app_user",
            passwordFile: "/etc/postgres-credentials/password",
        },
        redis: {
            host: "redis.llm-platform-data.svc",
            port: 6380,
            username: "api",
            passwordFile: "/etc/redis-credentials/password",
        },
    });
});

it("reads of no stores where not one variable is set", () => {
    expect(storesOf({})).toBeUndefined();
});

it.each(Object.keys(stores))("refuses to do without %s where the others are set", (name) => {
    const rest = Object.entries(stores).filter(([other]) => other !== name);
    expect(storesOf(Object.fromEntries(rest))).toEqual({
        errors: [
            expect.stringMatching(`^${name} is not set; expected .+; set for example ${name}=`),
        ],
    });
});

it.each([
    [
        "POSTGRES_HOST",
        "10.0.0.1",
        'POSTGRES_HOST is "10.0.0.1"; expected an identity <service>.<namespace>.svc; set for example POSTGRES_HOST=postgres.llm-platform-data.svc',
    ],
    [
        "POSTGRES_ROLE",
        "app-user",
        'POSTGRES_ROLE is "app-user"; expected 1 to 63 lower-case letters, digits and "_", no digit first; set for example POSTGRES_ROLE=app_user',
    ],
    [
        "REDIS_USER",
        "api *",
        'REDIS_USER is "api *"; expected a lower-case letter, then letters, digits and "-", at most 63; set for example REDIS_USER=api',
    ],
    [
        "REDIS_PORT",
        "0",
        'REDIS_PORT is "0"; expected an integer from 1 to 65535; set for example REDIS_PORT=6380',
    ],
    [
        "REDIS_PASSWORD_FILE",
        "password",
        'REDIS_PASSWORD_FILE is "password"; expected an absolute path; set for example REDIS_PASSWORD_FILE=/etc/redis-credentials/password',
    ],
])("refuses %s=%s", (name, value, message) => {
    expect(storesOf({ ...stores, [name]: value })).toEqual({ errors: [message] });
});
