import * as pulumi from "@pulumi/pulumi";
import { CertificateAuthority } from "../../../components/pki/certificateAuthority";
import { CertificateIssuer } from "../../../components/pki/certificateIssuer";
import { TrustBundle } from "../../../components/pki/trustBundle";
import { mockEngine, recorded, recordOptions, valueOf, type Recorded } from "../recorded";

/** What the tls provider would compute, told apart by name and kind. */
const computed = ({ type, name }: Recorded) => {
    if (type.endsWith("PrivateKey")) return { privateKeyPem: `key of ${name}` };
    if (type.endsWith("CertRequest")) return { certRequestPem: `request of ${name}` };
    return { certPem: `certificate of ${name}`, validityEndTime: "2027-11-24T00:00:00Z" };
};

const args = {
    organization: "local.bluefly.io",
    rootGeneration: 1,
    intermediateGeneration: 3,
    secretNamespace: "cert-manager",
    secretName: "ca-key-pair",
};

const base64 = (text: string) => Buffer.from(text).toString("base64");
const uses = ["cert_signing", "crl_signing"];

describe("an authority", () => {
    it("is a root, an intermediate and the issuing key pair, each explicit in everything", async () => {
        mockEngine(computed);
        const authority = new CertificateAuthority("workload", args);
        expect(await valueOf(authority.rootCertificatePem)).toBe("certificate of workload-root-g1");
        expect(await valueOf(authority.expires)).toBe("2027-11-24T00:00:00Z");
        const all = (await recorded()).map(({ type, name, inputs }) => [
            type.split(":").at(-1),
            name,
            inputs,
        ]);
        expect(all).toEqual([
            [
                "Secret",
                "ca-key-pair",
                {
                    apiVersion: "v1",
                    kind: "Secret",
                    metadata: { name: "ca-key-pair", namespace: "cert-manager" },
                    type: "kubernetes.io/tls",
                    data: {
                        secret: {
                            "tls.crt": base64(
                                "certificate of workload-ca-g3\ncertificate of workload-root-g1\n",
                            ),
                            "tls.key": base64("key of workload-ca-g3"),
                        },
                    },
                },
            ],
            [
                "CertRequest",
                "workload-ca-g3",
                {
                    privateKeyPem: { secret: "key of workload-ca-g3" },
                    subject: { commonName: "workload-ca-g3", organization: "local.bluefly.io" },
                },
            ],
            [
                "LocallySignedCert",
                "workload-ca-g3",
                {
                    certRequestPem: "request of workload-ca-g3",
                    caCertPem: "certificate of workload-root-g1",
                    caPrivateKeyPem: { secret: "key of workload-root-g1" },
                    isCaCertificate: true,
                    maxPathLength: 0,
                    allowedUses: uses,
                    setSubjectKeyId: true,
                    validityPeriodHours: 8760,
                    earlyRenewalHours: 0,
                },
            ],
            ["PrivateKey", "workload-ca-g3", { algorithm: "ECDSA", ecdsaCurve: "P256" }],
            ["PrivateKey", "workload-root-g1", { algorithm: "ECDSA", ecdsaCurve: "P384" }],
            [
                "SelfSignedCert",
                "workload-root-g1",
                {
                    privateKeyPem: { secret: "key of workload-root-g1" },
                    subject: { commonName: "workload-root-g1", organization: "local.bluefly.io" },
                    isCaCertificate: true,
                    maxPathLength: 1,
                    allowedUses: uses,
                    setSubjectKeyId: true,
                    setAuthorityKeyId: true,
                    validityPeriodHours: 87600,
                    earlyRenewalHours: 0,
                },
            ],
        ]);
    });

    it("protects the root and nothing else", async () => {
        mockEngine(computed);
        const { options, transformations } = recordOptions();
        new CertificateAuthority("workload", args, { transformations });
        await recorded();
        const isProtected = options.filter(({ protect }) => protect).map(({ name }) => name);
        expect(isProtected).toEqual(["workload-root-g1", "workload-root-g1"]);
    });

    it("gives no key away", async () => {
        mockEngine(computed);
        const authority = new CertificateAuthority("workload", args);
        const outputs = Object.values(authority).filter((value) => pulumi.Output.isInstance(value));
        const values = await Promise.all(outputs.map(valueOf));
        expect(values.length).toBeGreaterThan(2);
        expect(JSON.stringify(values)).not.toContain("key of");
    });
});

it("a bundle is the same ConfigMap in every namespace", async () => {
    mockEngine();
    new TrustBundle("workload-trust", {
        bundleName: "workload-trust",
        namespaces: ["llm-platform", "tenant"],
        rootCertificatesPem: ["new root\n", "old root"],
    });
    const configMap = (namespace: string) => ({
        type: "kubernetes:core/v1:ConfigMap",
        name: `workload-trust-${namespace}`,
        inputs: {
            apiVersion: "v1",
            kind: "ConfigMap",
            metadata: { name: "workload-trust", namespace },
            data: { "ca.crt": "new root\nold root\n" },
        },
    });
    expect(await recorded()).toEqual([configMap("llm-platform"), configMap("tenant")]);
});

it("an issuer is one ClusterIssuer that is waited for", async () => {
    mockEngine();
    new CertificateIssuer("internal-ca", { issuerName: "internal-ca", secretName: "ca-key-pair" });
    expect(await recorded()).toEqual([
        {
            type: "kubernetes:cert-manager.io/v1:ClusterIssuer",
            name: "internal-ca",
            inputs: {
                apiVersion: "cert-manager.io/v1",
                kind: "ClusterIssuer",
                metadata: {
                    name: "internal-ca",
                    annotations: { "pulumi.com/waitFor": "condition=Ready" },
                },
                spec: { ca: { secretName: "ca-key-pair" } },
            },
        },
    ]);
});
