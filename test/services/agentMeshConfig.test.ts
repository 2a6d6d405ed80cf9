import { join } from "node:path";
import { loadSync } from "@grpc/proto-loader";
import { readConfig } from "../../services/agent-mesh/config";
import { methods, readingOptions, serviceName } from "../../services/agent-mesh/definition";

const complete: Readonly<Record<string, string>> = {
    PORT: "50051",
    METRICS_PORT: "9443",
    TLS_CERTIFICATE_DIR: "/etc/certs",
    TLS_TRUST_FILE: "/etc/trust/ca.crt",
    TLS_CIPHER_SUITES: "TLS_AES_256_GCM_SHA384:TLS_AES_128_GCM_SHA256",
    TLS_GROUPS: "prime256v1:secp384r1",
    ALLOWED_METHODS:
        '{"verifier.llm-platform.svc":["RegisterAgent","RenewAgent"],"team.tenant-a.svc":[]}',
    METRICS_CLIENTS: "prometheus.monitoring.svc",
    CONNECTION_MAX_AGE_SECONDS: "3600",
    DRAIN_SECONDS: "20",
};

it("reads the whole environment", () => {
    expect(readConfig(complete)).toEqual({
        config: {
            port: 50051,
            metricsPort: 9443,
            files: { certificateDirectory: "/etc/certs", trustFile: "/etc/trust/ca.crt" },
            policy: {
                cipherSuites: ["TLS_AES_256_GCM_SHA384", "TLS_AES_128_GCM_SHA256"],
                groups: ["prime256v1", "secp384r1"],
            },
            allowedMethods: new Map([
                ["verifier.llm-platform.svc", ["RegisterAgent", "RenewAgent"]],
                ["team.tenant-a.svc", []],
            ]),
            metricsClients: ["prometheus.monitoring.svc"],
            connectionMaxAgeSeconds: 3600,
            drainSeconds: 20,
            healthSocket: "/tmp/health.sock",
        },
    });
});

it.each([
    "",
    "null",
    "[]",
    '"RegisterAgent"',
    '{"verifier":["RegisterAgent"]}',
    '{"*":["RegisterAgent"]}',
    '{"verifier.llm-platform.svc":"RegisterAgent"}',
    '{"verifier.llm-platform.svc":["registerAgent"]}',
    '{"verifier.llm-platform.svc":["*"]}',
    '{"verifier.llm-platform.svc":["constructor"]}',
    '{"verifier.llm-platform.svc":["RegisterAgent"],"x":[]}',
    '{"verifier.llm-platform.svc":["RegisterAgent"]',
])("refuses ALLOWED_METHODS=%s", (value) => {
    expect(readConfig({ ...complete, ALLOWED_METHODS: value })).toEqual({
        errors: [
            `ALLOWED_METHODS is ${JSON.stringify(value)}; expected a JSON object of identities <service>.<namespace>.svc, each with a list of methods; ` +
                'set for example ALLOWED_METHODS={"verifier.llm-platform.svc":["RegisterAgent"]}',
        ],
    });
});

it.each(Object.keys(complete))("refuses to do without %s", (name) => {
    const rest = Object.entries(complete).filter(([other]) => other !== name);
    expect(readConfig(Object.fromEntries(rest))).toEqual({
        errors: [expect.stringMatching(`^${name} is not set; expected .+; set for`)],
    });
});

it("refuses one port for both", () => {
    expect(readConfig({ ...complete, PORT: "9443" })).toEqual({
        errors: [
            'METRICS_PORT is "9443", as PORT is; expected another port; set METRICS_PORT=9443',
        ],
    });
});

describe("the definition", () => {
    const file = join(__dirname, "../../services/agent-mesh/agent_mesh.proto");
    const service = loadSync(file, readingOptions)[serviceName] as unknown as Record<
        string,
        Record<"requestDeserialize" | "responseSerialize", (value: unknown) => unknown> & {
            readonly path: string;
        }
    >;

    it("has the methods of agent_mesh.proto and no other", () => {
        const paths = Object.entries(service).map(([name, { path }]) => [name, path]);
        expect(Object.entries(methods).map(([name, { path }]) => [name, path])).toEqual(paths);
    });

    it("writes requests that agent_mesh.proto reads, and reads answers that it writes", () => {
        const request = { agentId: "agent-1", capabilities: ["a", "b"] };
        const bytes = methods.RegisterAgent.serialize(request);
        expect(service.RegisterAgent?.requestDeserialize(bytes)).toEqual(request);
        const renewal = methods.RenewAgent.serialize({ agentId: "agent-1" });
        expect(service.RenewAgent?.requestDeserialize(renewal)).toEqual({ agentId: "agent-1" });
        const registration = { ...request, identity: "a.b.svc", leaseSeconds: 60 };
        const answer = service.RegisterAgent?.responseSerialize(registration) as Buffer;
        expect(methods.RegisterAgent.deserialize(answer)).toEqual(registration);
        expect(methods.RenewAgent.deserialize(answer)).toEqual(registration);
    });
});
