import {
    certificateSpec,
    CertificateUsage,
    WorkloadCertificate,
    type WorkloadCertificateArgs,
} from "../../../components/pki/workloadCertificate";
import { KeyAlgorithm } from "../../../components/tls/profile";
import { mockEngine, recorded } from "../recorded";

const args: WorkloadCertificateArgs = {
    namespace: "llm-platform",
    service: "gateway",
    usage: CertificateUsage.Server,
    hosts: ["gateway.local.bluefly.io"],
    issuance: {
        issuerName: "internal-ca",
        issuerKind: "ClusterIssuer",
        lifetimeHours: 2160,
        renewBeforeHours: 720,
        algorithm: KeyAlgorithm.EcdsaP256,
    },
};

it("is one Certificate whose Secret has its name", async () => {
    mockEngine();
    const certificate = new WorkloadCertificate("gateway-server", args);
    expect(certificate.secretName).toBe("gateway-server");
    expect(certificate.identity).toBe("gateway.llm-platform.svc");
    expect(await recorded()).toEqual([
        {
            type: "kubernetes:cert-manager.io/v1:Certificate",
            name: "gateway-server",
            inputs: {
                apiVersion: "cert-manager.io/v1",
                kind: "Certificate",
                metadata: {
                    name: "gateway-server",
                    namespace: "llm-platform",
                    annotations: { "pulumi.com/waitFor": "condition=Ready" },
                },
                spec: {
                    secretName: "gateway-server",
                    dnsNames: [
                        "gateway.llm-platform.svc",
                        "gateway.llm-platform.svc.cluster.local",
                        "gateway.local.bluefly.io",
                    ],
                    duration: "2160h",
                    renewBefore: "831h53m",
                    revisionHistoryLimit: 1,
                    usages: ["digital signature", "server auth"],
                    privateKey: {
                        algorithm: "ECDSA",
                        size: 256,
                        encoding: "PKCS8",
                        rotationPolicy: "Always",
                    },
                    issuerRef: {
                        group: "cert-manager.io",
                        kind: "ClusterIssuer",
                        name: "internal-ca",
                    },
                },
            },
        },
    ]);
});

it("of a client has its identity alone and no server's use", () => {
    const client = { ...args, usage: CertificateUsage.Client, hosts: [] };
    expect(certificateSpec("gateway-client", client)).toMatchObject({
        dnsNames: ["gateway.llm-platform.svc"],
        usages: ["digital signature", "client auth"],
    });
});

it.each([
    [KeyAlgorithm.EcdsaP384, "ECDSA", 384],
    [KeyAlgorithm.Rsa2048, "RSA", 2048],
    [KeyAlgorithm.Rsa3072, "RSA", 3072],
])("has a key %s", (algorithm, name, size) => {
    const spec = certificateSpec("x", { ...args, issuance: { ...args.issuance, algorithm } });
    expect(spec.privateKey).toEqual({
        algorithm: name,
        size,
        encoding: "PKCS8",
        rotationPolicy: "Always",
    });
});

it("has a common name only where one is asked for", () => {
    expect(certificateSpec("x", args)).not.toHaveProperty("commonName");
    expect(certificateSpec("x", { ...args, commonName: "app_user" }).commonName).toBe("app_user");
});

it.each<[string, Partial<WorkloadCertificateArgs>, string]>([
    [
        "a wildcard",
        { hosts: ["*.local.bluefly.io"] },
        '[hosts] is "*.local.bluefly.io"; allowed a lower-case DNS name of two labels or more, of at most 63 characters each and 253 in all, without scheme, port, wildcard or trailing dot, and no address',
    ],
    [
        "a service that is more than a name",
        { service: "*" },
        '[service] is "*.llm-platform.svc"; allowed a lower-case DNS name of two labels or more, of at most 63 characters each and 253 in all, without scheme, port, wildcard or trailing dot, and no address',
    ],
    [
        "hosts of a client",
        { usage: CertificateUsage.Client },
        "[hosts] has 1 names; a client is known by its identity alone: leave it out",
    ],
    [
        "a common name that is a subject",
        { commonName: "x,O=y" },
        '[commonName] is "x,O=y"; allowed 1 to 64 letters, digits, ".", "_" and "-"',
    ],
    [
        "100 days",
        { issuance: { ...args.issuance, lifetimeHours: 2400 } },
        "[lifetimeHours] is 2400 (100 days); a leaf may live at most 2160 (90 days)",
    ],
    [
        "a renewal after the end",
        { issuance: { ...args.issuance, renewBeforeHours: 2160 } },
        "[renewBeforeHours] is 2160; allowed 1 to less than lifetimeHours, 2160",
    ],
])("refuses %s", (_case, changes, message) => {
    expect(() => certificateSpec("x", { ...args, ...changes })).toThrow(new Error(message));
});
