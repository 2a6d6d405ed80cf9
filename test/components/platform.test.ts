import { Platform, type PlatformArgs } from "../../components";
import { KeyAlgorithm, TlsProfileName } from "../../components/tls/profile";
import { toDns } from "./pods";
import { mockEngine, recorded, valueOf, type Recorded } from "./recorded";

const args: PlatformArgs = {
    domain: "local.bluefly.io",
    namespace: "llm-platform",
    certManagerNamespace: "cert-manager",
    profile: TlsProfileName.Modern,
    pki: { rootGeneration: 1, intermediateGeneration: 2 },
    leaf: { lifetimeHours: 2160, renewBeforeHours: 720, algorithm: KeyAlgorithm.EcdsaP256 },
    gateway: { image: "lab/nginx:1.26", replicas: 2 },
    api: { image: "lab/api:0.1.0", replicas: 2, clients: ["app.tenant.svc"] },
    monitoringIdentity: "prometheus.monitoring.svc",
    tenantNamespaces: ["tenant"],
};

const computed = ({ type, name }: Recorded) =>
    type.startsWith("tls:")
        ? {
              certPem: `certificate of ${name}`,
              privateKeyPem: "key",
              validityEndTime: "2027-11-24T00:00:00Z",
          }
        : {};

let platform: Platform;
let resources: Recorded[];

beforeAll(async () => {
    mockEngine(computed);
    platform = new Platform("platform", args);
    resources = await recorded();
});

const find = (kind: string, name: string) =>
    resources.find((one) => one.type.endsWith(`:${kind}`) && one.name === name)?.inputs;

it("has these children", () => {
    expect(resources.map(({ type, name }) => `${type} ${name}`)).toEqual([
        "kubernetes:apps/v1:Deployment api",
        "kubernetes:apps/v1:Deployment gateway",
        "kubernetes:cert-manager.io/v1:Certificate api-server",
        "kubernetes:cert-manager.io/v1:Certificate gateway-client",
        "kubernetes:cert-manager.io/v1:Certificate gateway-server",
        "kubernetes:cert-manager.io/v1:Certificate verifier-client",
        "kubernetes:cert-manager.io/v1:ClusterIssuer internal-ca",
        "kubernetes:core/v1:ConfigMap gateway",
        "kubernetes:core/v1:ConfigMap workload-trust-llm-platform",
        "kubernetes:core/v1:ConfigMap workload-trust-tenant",
        "kubernetes:core/v1:Namespace llm-platform",
        "kubernetes:core/v1:Secret ca-key-pair",
        "kubernetes:core/v1:Service api",
        "kubernetes:core/v1:Service gateway",
        "kubernetes:core/v1:Service gateway-metrics",
        "kubernetes:core/v1:ServiceAccount api",
        "kubernetes:core/v1:ServiceAccount gateway",
        "kubernetes:networking.k8s.io/v1:NetworkPolicy api",
        "kubernetes:networking.k8s.io/v1:NetworkPolicy gateway",
        "kubernetes:networking.k8s.io/v1:NetworkPolicy llm-platform-deny-all",
        "kubernetes:networking.k8s.io/v1:NetworkPolicy verifier",
        "kubernetes:policy/v1:PodDisruptionBudget api",
        "kubernetes:policy/v1:PodDisruptionBudget gateway",
        "tls:index/certRequest:CertRequest workload-ca-g2",
        "tls:index/locallySignedCert:LocallySignedCert workload-ca-g2",
        "tls:index/privateKey:PrivateKey workload-ca-g2",
        "tls:index/privateKey:PrivateKey workload-root-g1",
        "tls:index/selfSignedCert:SelfSignedCert workload-root-g1",
    ]);
});

it("has a namespace in which only restricted pods run and nothing flows unnamed", () => {
    expect(find("Namespace", "llm-platform")).toEqual({
        apiVersion: "v1",
        kind: "Namespace",
        metadata: {
            name: "llm-platform",
            labels: {
                "pod-security.kubernetes.io/enforce": "restricted",
                "pod-security.kubernetes.io/enforce-version": "latest",
                "pod-security.kubernetes.io/audit": "restricted",
                "pod-security.kubernetes.io/warn": "restricted",
            },
        },
    });
    expect(find("NetworkPolicy", "llm-platform-deny-all")).toEqual({
        apiVersion: "networking.k8s.io/v1",
        kind: "NetworkPolicy",
        metadata: { name: "deny-all", namespace: "llm-platform" },
        spec: { podSelector: {}, policyTypes: ["Ingress", "Egress"] },
    });
});

it("lets the verifier try every port of the namespace", () => {
    expect(find("NetworkPolicy", "verifier")?.spec).toEqual({
        podSelector: { matchLabels: { app: "verifier" } },
        policyTypes: ["Ingress", "Egress"],
        ingress: [],
        egress: [
            toDns,
            {
                to: [{ podSelector: {} }],
                ports: [3001, 8443, 8080, 9443].map((port) => ({ protocol: "TCP", port })),
            },
        ],
    });
    expect(find("Certificate", "verifier-client")?.spec).toMatchObject({
        dnsNames: ["verifier.llm-platform.svc"],
        usages: ["digital signature", "client auth"],
    });
});

it("lets the verifier, and the clients that config names, use the api", () => {
    expect(JSON.stringify(find("Deployment", "api"))).toContain(
        '{"name":"ALLOWED_CLIENTS","value":"verifier.llm-platform.svc,app.tenant.svc"}',
    );
});

it("issues every leaf from the one issuer, whose key pair is where cert-manager alone reads", () => {
    const issuers = resources
        .filter(({ type }) => type.endsWith(":Certificate"))
        .map(({ inputs }) => (inputs.spec as { issuerRef: unknown }).issuerRef);
    const issuerRef = { group: "cert-manager.io", kind: "ClusterIssuer", name: "internal-ca" };
    expect(issuers).toEqual([issuerRef, issuerRef, issuerRef, issuerRef]);
    expect(find("Secret", "ca-key-pair")?.metadata).toEqual({
        name: "ca-key-pair",
        namespace: "cert-manager",
    });
});

it("puts the root, and no intermediate, where workloads look for what they trust", () => {
    expect(find("ConfigMap", "workload-trust-tenant")).toMatchObject({
        metadata: { name: "workload-trust", namespace: "tenant" },
        data: { "ca.crt": "certificate of workload-root-g1\n" },
    });
});

it("gives away what the contract says", async () => {
    expect(platform.gatewayHost).toBe("gateway.local.bluefly.io");
    expect(await valueOf(platform.issuerExpires)).toBe("2027-11-24T00:00:00Z");
});
