import * as pulumi from "@pulumi/pulumi";
import { madePlatform } from "./platform/fixture";
import { valueOf } from "./recorded";

let made: Awaited<ReturnType<typeof madePlatform>>;

beforeAll(async () => {
    made = await madePlatform();
});

it("has these children", () => {
    expect(made.resources.map(({ type, name }) => `${type} ${name}`)).toEqual([
        "kubernetes:admissionregistration.k8s.io/v1:ValidatingAdmissionPolicy encryption-in-transit-certificate-requests",
        "kubernetes:admissionregistration.k8s.io/v1:ValidatingAdmissionPolicy encryption-in-transit-platform-objects",
        "kubernetes:admissionregistration.k8s.io/v1:ValidatingAdmissionPolicy encryption-in-transit-tenant-objects",
        "kubernetes:admissionregistration.k8s.io/v1:ValidatingAdmissionPolicyBinding encryption-in-transit-certificate-requests",
        "kubernetes:admissionregistration.k8s.io/v1:ValidatingAdmissionPolicyBinding encryption-in-transit-platform-objects",
        "kubernetes:admissionregistration.k8s.io/v1:ValidatingAdmissionPolicyBinding encryption-in-transit-tenant-objects",
        "kubernetes:apps/v1:Deployment agent-mesh",
        "kubernetes:apps/v1:Deployment api",
        "kubernetes:apps/v1:Deployment gateway",
        "kubernetes:apps/v1:Deployment tracer",
        "kubernetes:apps/v1:StatefulSet postgres",
        "kubernetes:apps/v1:StatefulSet redis",
        "kubernetes:cert-manager.io/v1:Certificate agent-mesh-server",
        "kubernetes:cert-manager.io/v1:Certificate api-client",
        "kubernetes:cert-manager.io/v1:Certificate api-server",
        "kubernetes:cert-manager.io/v1:Certificate gateway-client",
        "kubernetes:cert-manager.io/v1:Certificate gateway-server",
        "kubernetes:cert-manager.io/v1:Certificate postgres-server",
        "kubernetes:cert-manager.io/v1:Certificate redis-server",
        "kubernetes:cert-manager.io/v1:Certificate tracer-server",
        "kubernetes:cert-manager.io/v1:Certificate verifier-client",
        "kubernetes:cert-manager.io/v1:ClusterIssuer internal-ca",
        "kubernetes:core/v1:ConfigMap gateway",
        "kubernetes:core/v1:ConfigMap mesh-trust-llm-platform",
        "kubernetes:core/v1:ConfigMap postgres",
        "kubernetes:core/v1:ConfigMap redis",
        "kubernetes:core/v1:ConfigMap tenant-trust-tenant",
        "kubernetes:core/v1:ConfigMap tracer-jwks",
        "kubernetes:core/v1:ConfigMap vpn-trust-llm-platform",
        "kubernetes:core/v1:ConfigMap workload-trust-llm-platform",
        "kubernetes:core/v1:ConfigMap workload-trust-llm-platform-data",
        "kubernetes:core/v1:LimitRange tenant-limits",
        "kubernetes:core/v1:Namespace llm-platform",
        "kubernetes:core/v1:Namespace llm-platform-data",
        "kubernetes:core/v1:Namespace tenant",
        "kubernetes:core/v1:ResourceQuota tenant-quota",
        "kubernetes:core/v1:Secret ca-key-pair",
        "kubernetes:core/v1:Secret mesh-ca-key-pair",
        "kubernetes:core/v1:Secret postgres-app_user",
        "kubernetes:core/v1:Secret postgres-passwords",
        "kubernetes:core/v1:Secret postgres-tenant_app",
        "kubernetes:core/v1:Secret redis-api-credentials",
        "kubernetes:core/v1:Secret redis-probe",
        "kubernetes:core/v1:Secret redis-reload",
        "kubernetes:core/v1:Secret redis-users",
        "kubernetes:core/v1:Secret vpn-ca-key-pair",
        "kubernetes:core/v1:Service agent-mesh",
        "kubernetes:core/v1:Service api",
        "kubernetes:core/v1:Service gateway",
        "kubernetes:core/v1:Service gateway-metrics",
        "kubernetes:core/v1:Service postgres",
        "kubernetes:core/v1:Service redis",
        "kubernetes:core/v1:Service tracer",
        "kubernetes:core/v1:ServiceAccount agent-mesh",
        "kubernetes:core/v1:ServiceAccount api",
        "kubernetes:core/v1:ServiceAccount gateway",
        "kubernetes:core/v1:ServiceAccount postgres",
        "kubernetes:core/v1:ServiceAccount redis",
        "kubernetes:core/v1:ServiceAccount tracer",
        "kubernetes:networking.k8s.io/v1:NetworkPolicy agent-mesh",
        "kubernetes:networking.k8s.io/v1:NetworkPolicy api",
        "kubernetes:networking.k8s.io/v1:NetworkPolicy gateway",
        "kubernetes:networking.k8s.io/v1:NetworkPolicy llm-platform-data-deny-all",
        "kubernetes:networking.k8s.io/v1:NetworkPolicy llm-platform-deny-all",
        "kubernetes:networking.k8s.io/v1:NetworkPolicy postgres",
        "kubernetes:networking.k8s.io/v1:NetworkPolicy redis",
        "kubernetes:networking.k8s.io/v1:NetworkPolicy tenant-allow-app",
        "kubernetes:networking.k8s.io/v1:NetworkPolicy tenant-allow-dns",
        "kubernetes:networking.k8s.io/v1:NetworkPolicy tenant-deny-all",
        "kubernetes:networking.k8s.io/v1:NetworkPolicy tracer",
        "kubernetes:networking.k8s.io/v1:NetworkPolicy verifier",
        "kubernetes:policy.cert-manager.io/v1alpha1:CertificateRequestPolicy platform-client",
        "kubernetes:policy.cert-manager.io/v1alpha1:CertificateRequestPolicy platform-server",
        "kubernetes:policy.cert-manager.io/v1alpha1:CertificateRequestPolicy tenant-client",
        "kubernetes:policy.cert-manager.io/v1alpha1:CertificateRequestPolicy tenant-server",
        "kubernetes:policy/v1:PodDisruptionBudget agent-mesh",
        "kubernetes:policy/v1:PodDisruptionBudget api",
        "kubernetes:policy/v1:PodDisruptionBudget gateway",
        "kubernetes:policy/v1:PodDisruptionBudget tracer",
        "kubernetes:rbac.authorization.k8s.io/v1:Role llm-platform-certificate-request-policies",
        "kubernetes:rbac.authorization.k8s.io/v1:Role llm-platform-data-certificate-request-policies",
        "kubernetes:rbac.authorization.k8s.io/v1:Role tenant-certificate-request-policies",
        "kubernetes:rbac.authorization.k8s.io/v1:Role tenant-team",
        "kubernetes:rbac.authorization.k8s.io/v1:RoleBinding llm-platform-certificate-request-policies",
        "kubernetes:rbac.authorization.k8s.io/v1:RoleBinding llm-platform-data-certificate-request-policies",
        "kubernetes:rbac.authorization.k8s.io/v1:RoleBinding tenant-certificate-request-policies",
        "kubernetes:rbac.authorization.k8s.io/v1:RoleBinding tenant-team",
        "random:index/randomPassword:RandomPassword postgres-app_user",
        "random:index/randomPassword:RandomPassword postgres-tenant_app",
        "random:index/randomPassword:RandomPassword redis-api",
        "random:index/randomPassword:RandomPassword redis-probe",
        "random:index/randomPassword:RandomPassword redis-reload",
        "random:index/randomPassword:RandomPassword redis-replica",
        "tls:index/certRequest:CertRequest mesh-ca-g2",
        "tls:index/certRequest:CertRequest vpn-ca-g2",
        "tls:index/certRequest:CertRequest workload-ca-g2",
        "tls:index/locallySignedCert:LocallySignedCert mesh-ca-g2",
        "tls:index/locallySignedCert:LocallySignedCert vpn-ca-g2",
        "tls:index/locallySignedCert:LocallySignedCert workload-ca-g2",
        "tls:index/privateKey:PrivateKey mesh-ca-g2",
        "tls:index/privateKey:PrivateKey mesh-root-g1",
        "tls:index/privateKey:PrivateKey vpn-ca-g2",
        "tls:index/privateKey:PrivateKey vpn-root-g1",
        "tls:index/privateKey:PrivateKey workload-ca-g2",
        "tls:index/privateKey:PrivateKey workload-root-g1",
        "tls:index/selfSignedCert:SelfSignedCert mesh-root-g1",
        "tls:index/selfSignedCert:SelfSignedCert vpn-root-g1",
        "tls:index/selfSignedCert:SelfSignedCert workload-root-g1",
    ]);
});

it.each(["llm-platform", "llm-platform-data"])(
    "has a namespace %s in which only restricted pods run and nothing flows unnamed",
    (name) => {
        expect(made.find("Namespace", name)).toEqual({
            apiVersion: "v1",
            kind: "Namespace",
            metadata: {
                name,
                labels: {
                    "pod-security.kubernetes.io/enforce": "restricted",
                    "pod-security.kubernetes.io/enforce-version": "latest",
                    "pod-security.kubernetes.io/audit": "restricted",
                    "pod-security.kubernetes.io/warn": "restricted",
                },
            },
        });
        expect(made.find("NetworkPolicy", `${name}-deny-all`)).toEqual({
            apiVersion: "networking.k8s.io/v1",
            kind: "NetworkPolicy",
            metadata: { name: "deny-all", namespace: name },
            spec: { podSelector: {}, policyTypes: ["Ingress", "Egress"] },
        });
    },
);

it("knows the verifier as a client, and never as a server", () => {
    expect(made.find("Certificate", "verifier-client")?.spec).toMatchObject({
        dnsNames: ["verifier.llm-platform.svc"],
        usages: ["digital signature", "client auth"],
    });
});

it("issues every leaf from the one issuer, whose key pair is where cert-manager alone reads", () => {
    const issuers = made.resources
        .filter(({ type }) => type.endsWith(":Certificate"))
        .map(({ inputs }) => (inputs.spec as { issuerRef: unknown }).issuerRef);
    const issuerRef = { group: "cert-manager.io", kind: "ClusterIssuer", name: "internal-ca" };
    expect(issuers).toHaveLength(9);
    for (const issuer of issuers) expect(issuer).toEqual(issuerRef);
    expect(made.find("Secret", "ca-key-pair")?.metadata).toEqual({
        name: "ca-key-pair",
        namespace: "cert-manager",
    });
});

it.each([
    ["llm-platform", "workload-trust-llm-platform"],
    ["llm-platform-data", "workload-trust-llm-platform-data"],
    ["tenant", "tenant-trust-tenant"],
])(
    "puts the root, and no intermediate, where workloads of %s look for what they trust",
    (namespace, name) => {
        expect(made.find("ConfigMap", name)).toMatchObject({
            metadata: { name: "workload-trust", namespace },
            data: { "ca.crt": "certificate of workload-root-g1\n" },
        });
    },
);

it.each(["mesh", "vpn"])("keeps the root of the %s out of every other bundle", (purpose) => {
    const bundles = made.resources.filter(({ name }) => name.includes("-trust-"));
    expect(bundles).toHaveLength(5);
    for (const { name, inputs } of bundles)
        expect(JSON.stringify(inputs.data).includes(`${purpose}-root-g1`)).toBe(
            name.startsWith(`${purpose}-trust-`),
        );
    expect(made.find("ConfigMap", `${purpose}-trust-llm-platform`)).toMatchObject({
        metadata: { name: `${purpose}-trust`, namespace: "llm-platform" },
        data: { "ca.crt": `certificate of ${purpose}-root-g1\n` },
    });
    expect(made.find("Secret", `${purpose}-ca-key-pair`)?.metadata).toEqual({
        name: `${purpose}-ca-key-pair`,
        namespace: "cert-manager",
    });
});

it("gives away what the contract says", async () => {
    expect(made.platform.gatewayHost).toBe("gateway.local.bluefly.io");
    const { expires } = made.platform.authorities.workload;
    expect(await valueOf(pulumi.output(expires))).toBe("2027-11-24T00:00:00Z");
});
