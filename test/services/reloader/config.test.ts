import { readConfig } from "../../../services/reloader/config";

const tls = {
    TLS_CERTIFICATE_DIR: "/etc/certs",
    TLS_TRUST_FILE: "/etc/trust/ca.crt",
    TLS_CIPHER_SUITES: "TLS_AES_256_GCM_SHA384",
    TLS_GROUPS: "prime256v1",
    METRICS_PORT: "9443",
    METRICS_CLIENTS: "prometheus.monitoring.svc",
};

const postgres = { ...tls, DAEMON: "postgres", POSTGRES_PID_FILE: "/data/postmaster.pid" };

const redis = {
    ...tls,
    DAEMON: "redis",
    REDIS_SOCKET: "/run/redis/redis.sock",
    REDIS_RELOAD_USER: "reload",
    REDIS_RELOAD_PASSWORD_FILE: "/etc/redis-reload/password",
    REDIS_CONFIG_FILE: "/etc/redis-conf/redis.conf",
};

const common = {
    files: { certificateDirectory: "/etc/certs", trustFile: "/etc/trust/ca.crt" },
    policy: { cipherSuites: ["TLS_AES_256_GCM_SHA384"], groups: ["prime256v1"] },
    metricsPort: 9443,
    metricsClients: ["prometheus.monitoring.svc"],
    connectionMaxAgeSeconds: 3600,
    drainSeconds: 1,
    configFiles: [],
    stateFile: "/tmp/told",
    lookSeconds: 30,
    healthSocket: "/tmp/health.sock",
};

it("reads what PostgreSQL's sidecar is told", () => {
    expect(readConfig(postgres)).toEqual({
        config: { ...common, daemon: { kind: "postgres", pidFile: "/data/postmaster.pid" } },
    });
});

it("reads what Redis' sidecar is told", () => {
    expect(readConfig(redis)).toEqual({
        config: {
            ...common,
            daemon: {
                kind: "redis",
                socket: "/run/redis/redis.sock",
                user: "reload",
                passwordFile: "/etc/redis-reload/password",
                configFile: "/etc/redis-conf/redis.conf",
            },
        },
    });
});

it("reads what may be told", () => {
    const more = { CONFIG_FILES: "/a/b.conf:/c", STATE_FILE: "/run/told", LOOK_SECONDS: "5" };
    expect(readConfig({ ...postgres, ...more })).toMatchObject({
        config: { configFiles: ["/a/b.conf", "/c"], stateFile: "/run/told", lookSeconds: 5 },
    });
});

it.each([
    [
        { DAEMON: "mysql" },
        'DAEMON is "mysql"; expected postgres or redis; set for example DAEMON=postgres',
    ],
    [
        { POSTGRES_PID_FILE: "postmaster.pid" },
        'POSTGRES_PID_FILE is "postmaster.pid"; expected an absolute path; set for example POSTGRES_PID_FILE=/var/lib/postgresql/data/pgdata/postmaster.pid',
    ],
    [
        { CONFIG_FILES: "/a:b" },
        'CONFIG_FILES is "/a:b"; expected absolute paths with colons between; set for example CONFIG_FILES=/etc/postgres-conf/pg_hba.conf',
    ],
    [
        { LOOK_SECONDS: "0" },
        'LOOK_SECONDS is "0"; expected an integer from 1 to 300; set for example LOOK_SECONDS=30',
    ],
])("refuses %j of PostgreSQL's", (change, error) => {
    expect(readConfig({ ...postgres, ...change })).toEqual({ errors: [error] });
});

it.each([
    [
        { REDIS_RELOAD_USER: "re load" },
        'REDIS_RELOAD_USER is "re load"; expected a user of Redis; set for example REDIS_RELOAD_USER=reload',
    ],
    [
        { REDIS_SOCKET: undefined },
        "REDIS_SOCKET is not set; expected an absolute path; set for example REDIS_SOCKET=/run/redis/redis.sock",
    ],
])("refuses %j of Redis'", (change, error) => {
    expect(readConfig({ ...redis, ...change })).toEqual({ errors: [error] });
});
