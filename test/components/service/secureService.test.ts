import { SecureService, type SecureServiceArgs } from "../../../components/service/secureService";
import { KeyAlgorithm, TlsProfileName } from "../../../components/tls/profile";
import { fromMonitoring, restricted, restrictedContainer, rolling, spread, toDns } from "../pods";
import { mockEngine, recorded } from "../recorded";

const args: SecureServiceArgs = {
    namespace: "llm-platform",
    image: "lab/api:0.1.0",
    replicas: 2,
    port: 3001,
    profile: TlsProfileName.Fips,
    trustBundleName: "workload-trust",
    issuance: {
        issuerName: "internal-ca",
        issuerKind: "ClusterIssuer",
        lifetimeHours: 2160,
        renewBeforeHours: 720,
        algorithm: KeyAlgorithm.EcdsaP256,
    },
    gateway: "gateway",
    allowedClients: ["verifier.llm-platform.svc", "app.tenant.svc"],
    metricsClients: ["prometheus.monitoring.svc"],
    callers: ["verifier"],
    callerNamespaces: ["tenant"],
    monitoringNamespace: "monitoring",
};

const made = async (changes: Partial<SecureServiceArgs> = {}) => {
    mockEngine();
    const service = new SecureService("api", { ...args, ...changes });
    const resources = await recorded();
    const inputsOf = (kind: string) =>
        resources.find(({ type }) => type.endsWith(`:${kind}`))?.inputs;
    return { service, resources, inputsOf };
};

const metadata = { name: "api", namespace: "llm-platform" };
const probe = { exec: { command: ["node", "/app/probe.js"] }, timeoutSeconds: 5 };

it("gives away how it is dialled and nothing more", async () => {
    const { service } = await made();
    expect(service).toMatchObject({
        identity: "api.llm-platform.svc",
        port: 3001,
        serverSecretName: "api-server",
    });
});

it("has these children", async () => {
    const { resources } = await made();
    expect(resources.map(({ type, name }) => `${type} ${name}`)).toEqual([
        "kubernetes:apps/v1:Deployment api",
        "kubernetes:cert-manager.io/v1:Certificate api-server",
        "kubernetes:core/v1:Service api",
        "kubernetes:core/v1:ServiceAccount api",
        "kubernetes:networking.k8s.io/v1:NetworkPolicy api",
        "kubernetes:policy/v1:PodDisruptionBudget api",
    ]);
});

it("runs restricted pods that are told everything by their environment", async () => {
    const { inputsOf } = await made();
    expect(inputsOf("Deployment")).toEqual({
        apiVersion: "apps/v1",
        kind: "Deployment",
        metadata,
        spec: {
            replicas: 2,
            revisionHistoryLimit: 3,
            selector: { matchLabels: { app: "api" } },
            strategy: rolling,
            template: {
                metadata: { labels: { app: "api" } },
                spec: {
                    serviceAccountName: "api",
                    automountServiceAccountToken: false,
                    enableServiceLinks: false,
                    shareProcessNamespace: false,
                    terminationGracePeriodSeconds: 35,
                    securityContext: restricted(1000),
                    topologySpreadConstraints: spread("api"),
                    containers: [
                        {
                            name: "api",
                            image: "lab/api:0.1.0",
                            command: ["node", "/app/server.js"],
                            env: [
                                { name: "PORT", value: "3001" },
                                { name: "METRICS_PORT", value: "9443" },
                                { name: "TLS_CERTIFICATE_DIR", value: "/etc/certs" },
                                { name: "TLS_TRUST_FILE", value: "/etc/trust/ca.crt" },
                                {
                                    name: "TLS_CIPHER_SUITES",
                                    value: "TLS_AES_256_GCM_SHA384:TLS_AES_128_GCM_SHA256",
                                },
                                { name: "TLS_GROUPS", value: "prime256v1:secp384r1" },
                                { name: "METRICS_CLIENTS", value: "prometheus.monitoring.svc" },
                                { name: "CONNECTION_MAX_AGE_SECONDS", value: "3600" },
                                { name: "DRAIN_SECONDS", value: "20" },
                                { name: "GATEWAY_IDENTITY", value: "gateway.llm-platform.svc" },
                                {
                                    name: "ALLOWED_CLIENTS",
                                    value: "verifier.llm-platform.svc,app.tenant.svc",
                                },
                            ],
                            ports: [{ containerPort: 3001 }, { containerPort: 9443 }],
                            securityContext: restrictedContainer,
                            volumeMounts: [
                                { name: "certificate", mountPath: "/etc/certs", readOnly: true },
                                { name: "trust", mountPath: "/etc/trust", readOnly: true },
                                { name: "temporary", mountPath: "/tmp" },
                            ],
                            readinessProbe: { ...probe, periodSeconds: 3 },
                            livenessProbe: { ...probe, periodSeconds: 15, failureThreshold: 3 },
                            lifecycle: { preStop: { exec: { command: ["sleep", "5"] } } },
                            resources: {
                                requests: { cpu: "50m", memory: "96Mi" },
                                limits: { cpu: "2", memory: "256Mi" },
                            },
                        },
                    ],
                    volumes: [
                        {
                            name: "certificate",
                            secret: { secretName: "api-server", defaultMode: 0o440 },
                        },
                        { name: "trust", configMap: { name: "workload-trust" } },
                        { name: "temporary", emptyDir: { medium: "Memory", sizeLimit: "16Mi" } },
                    ],
                },
            },
        },
    });
});

it("has ports that say TLS, and no other", async () => {
    const { inputsOf } = await made();
    expect(inputsOf("Service")).toEqual({
        apiVersion: "v1",
        kind: "Service",
        metadata,
        spec: {
            selector: { app: "api" },
            ports: [
                { name: "tls-api", appProtocol: "tls", port: 3001, targetPort: 3001 },
                { name: "tls-metrics", appProtocol: "tls", port: 9443, targetPort: 9443 },
            ],
        },
    });
});

it("is reached by its callers and the monitor, and calls nobody", async () => {
    const { inputsOf } = await made();
    expect(inputsOf("NetworkPolicy")).toEqual({
        apiVersion: "networking.k8s.io/v1",
        kind: "NetworkPolicy",
        metadata,
        spec: {
            podSelector: { matchLabels: { app: "api" } },
            policyTypes: ["Ingress", "Egress"],
            ingress: [
                {
                    from: [
                        { podSelector: { matchLabels: { app: "gateway" } } },
                        { podSelector: { matchLabels: { app: "verifier" } } },
                        {
                            namespaceSelector: {
                                matchLabels: { "kubernetes.io/metadata.name": "tenant" },
                            },
                        },
                    ],
                    ports: [{ protocol: "TCP", port: 3001 }],
                },
                fromMonitoring,
            ],
            egress: [toDns],
        },
    });
});

it("has an account without a token, and a budget of one pod", async () => {
    const { inputsOf } = await made();
    expect(inputsOf("ServiceAccount")).toEqual({
        apiVersion: "v1",
        kind: "ServiceAccount",
        metadata,
        automountServiceAccountToken: false,
    });
    expect(inputsOf("PodDisruptionBudget")).toEqual({
        apiVersion: "policy/v1",
        kind: "PodDisruptionBudget",
        metadata,
        spec: { maxUnavailable: 1, selector: { matchLabels: { app: "api" } } },
    });
});

it("has a certificate of a server, for the names inside", async () => {
    const { inputsOf } = await made();
    expect(inputsOf("Certificate")?.spec).toMatchObject({
        secretName: "api-server",
        dnsNames: ["api.llm-platform.svc", "api.llm-platform.svc.cluster.local"],
        usages: ["digital signature", "server auth"],
    });
});
