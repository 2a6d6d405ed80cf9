import { readConfig } from "../../services/api/config";

const withoutCalls: Readonly<Record<string, string>> = {
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

const clientFiles = { TLS_CLIENT_CERTIFICATE_DIR: "/etc/client-certs" };

const stores: Readonly<Record<string, string>> = {
    ...clientFiles,
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

const agentMesh: Readonly<Record<string, string>> = {
    AGENT_MESH_HOST: "agent-mesh.llm-platform.svc",
    AGENT_MESH_PORT: "50051",
    AGENT_ID: "api-5d8c-x2",
};

const callsOf = (env: Readonly<Record<string, string>>) => {
    const read = readConfig({ ...withoutCalls, ...env });
    return "errors" in read ? read : read.config.calls;
};

const files = { certificateDirectory: "/etc/client-certs", trustFile: "/etc/trust/ca.crt" };

const agent = { host: "agent-mesh.llm-platform.svc", port: 50051, agentId: "api-5d8c-x2" };

it("reads what the api calls, with the trust bundle that it serves with", () => {
    expect(callsOf({ ...stores, ...agentMesh })).toEqual({
        clientFiles: files,
        stores: {
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
        },
        agent,
    });
});

it("reads of nothing to call where not one variable is set", () => {
    expect(callsOf({})).toBeUndefined();
});

it("reads of stores without an agent mesh, and the other way round", () => {
    expect(callsOf(stores)).not.toHaveProperty("agent");
    expect(callsOf({ ...clientFiles, ...agentMesh })).toEqual({ clientFiles: files, agent });
});

const required = [
    ...Object.keys(stores).map((name) => [name, stores] as const),
    ["TLS_CLIENT_CERTIFICATE_DIR", { ...clientFiles, ...agentMesh }],
    ["AGENT_MESH_HOST", { ...clientFiles, ...agentMesh }],
    ["AGENT_MESH_PORT", { ...clientFiles, ...agentMesh }],
] as const;

it.each(required)("refuses to do without %s where the others are set", (name, all) => {
    const rest = Object.entries(all).filter(([other]) => other !== name);
    expect(callsOf(Object.fromEntries(rest))).toEqual({
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
    [
        "AGENT_MESH_HOST",
        "mesh.local.bluefly.io",
        'AGENT_MESH_HOST is "mesh.local.bluefly.io"; expected an identity <service>.<namespace>.svc; set for example AGENT_MESH_HOST=agent-mesh.llm-platform.svc',
    ],
    [
        "AGENT_MESH_PORT",
        "grpc",
        'AGENT_MESH_PORT is "grpc"; expected an integer from 1 to 65535; set for example AGENT_MESH_PORT=50051',
    ],
    [
        "AGENT_ID",
        "Api",
        'AGENT_ID is "Api"; expected lower-case letters, digits and "-", at most 63; set for example AGENT_ID=api-1',
    ],
])("refuses %s=%s", (name, value, message) => {
    expect(callsOf({ ...stores, ...agentMesh, [name]: value })).toEqual({ errors: [message] });
});
