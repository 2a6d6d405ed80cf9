import * as pulumi from "@pulumi/pulumi";
import {
    checkHierarchy,
    type CertificateAuthorityArgs,
} from "../../../components/pki/authorityArgs";
import { CertificateAuthority } from "../../../components/pki/certificateAuthority";
import { CertificateIssuer } from "../../../components/pki/certificateIssuer";
import { RootMode } from "../../../components/pki/hierarchy";
import { TrustBundle } from "../../../components/pki/trustBundle";
import { mockEngine, recorded, recordOptions, valueOf, type Recorded } from "../recorded";

/** What the tls provider would compute, told apart by name and kind. */
const computed = ({ type, name }: Recorded) => {
    if (type.endsWith("PrivateKey")) return { privateKeyPem: `key of ${name}` };
    if (type.endsWith("CertRequest")) return { certRequestPem: `request of ${name}` };
    return { certPem: `certificate of ${name}`, validityEndTime: "2027-11-24T00:00:00Z" };
};

const args: CertificateAuthorityArgs = {
    organization: "local.bluefly.io",
    rootMode: RootMode.Managed,
    roots: [{ generation: 1, isCurrent: true }],
    intermediates: [{ generation: 3, rootGeneration: 1, isIssuing: true }],
    secretNamespace: "cert-manager",
    secretName: "ca-key-pair",
};

const base64 = (text: string) => Buffer.from(text).toString("base64");
const uses = ["cert_signing", "crl_signing"];

describe("an authority", () => {
    it("is a root, an intermediate and the issuing key pair, each explicit in everything", async () => {
        mockEngine(computed);
        const authority = new CertificateAuthority("workload", args);
        expect(await valueOf(authority.rootCertificatesPem)).toEqual([
            "certificate of workload-root-g1",
        ]);
        expect(await valueOf(pulumi.output(authority.expires))).toBe("2027-11-24T00:00:00Z");
        expect(await valueOf(authority.requests)).toEqual({});
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

    it.each([
        ["the root alone", [[1, true]], ["workload-root-g1"]],
        [
            "the root that issues, and not the one that is only trusted",
            [
                [1, true],
                [2, false],
            ],
            ["workload-root-g1"],
        ],
        [
            "the root that issues, and not the one that is still trusted",
            [
                [0, false],
                [1, true],
            ],
            ["workload-root-g1"],
        ],
    ] as const)("protects %s", async (_case, generations, names) => {
        mockEngine(computed);
        const { options, transformations } = recordOptions();
        const roots = generations.map(([generation, isCurrent]) => ({ generation, isCurrent }));
        new CertificateAuthority("workload", { ...args, roots }, { transformations });
        await recorded();
        const isProtected = options.filter((option) => option.protect).map(({ name }) => name);
        expect(new Set(isProtected)).toEqual(new Set(names));
        // A key and a certificate each.
        expect(options.filter(({ name }) => name.includes("-root-"))).toHaveLength(
            2 * roots.length,
        );
    });

    it("hands the roots out that it trusts, oldest first, and issues under the current one", async () => {
        mockEngine(computed);
        const roots = [
            { generation: 1, isCurrent: false },
            { generation: 2, isCurrent: true },
        ];
        const intermediates = [{ generation: 13, rootGeneration: 2, isIssuing: true }];
        const authority = new CertificateAuthority("mesh", { ...args, roots, intermediates });
        expect(await valueOf(authority.rootCertificatesPem)).toEqual([
            "certificate of mesh-root-g1",
            "certificate of mesh-root-g2",
        ]);
        const all = await recorded();
        const secret = all.find(({ type }) => type.endsWith(":Secret"));
        expect(secret?.inputs.data).toMatchObject({
            secret: {
                "tls.crt": base64("certificate of mesh-ca-g13\ncertificate of mesh-root-g2\n"),
            },
        });
    });

    it.each<[string, Partial<CertificateAuthorityArgs>, string]>([
        [
            "two that issue",
            {
                intermediates: [1, 2].map((generation) => ({
                    generation,
                    rootGeneration: 1,
                    isIssuing: true,
                })),
            },
            "[intermediates] has 2 that issue; allowed at most one: a ClusterIssuer has one key pair",
        ],
        [
            "one that issues under a root that is not the current one",
            { roots: [{ generation: 1, isCurrent: false }] },
            "[roots] has no current generation 1, which signs intermediate 3; a leaf of it would be trusted by nobody",
        ],
        [
            "an offline root that is to be made",
            { rootMode: RootMode.Offline, intermediates: [] },
            "[roots] has one without certificatePem; an offline root is not made here",
        ],
        [
            "an offline intermediate that issues unsigned",
            { rootMode: RootMode.Offline },
            "[intermediates] has no certificatePem of generation 3; an offline root's intermediate issues when it is signed",
        ],
    ])("refuses %s", (_case, changes, message) => {
        expect(() => {
            checkHierarchy({ ...args, ...changes });
        }).toThrow(new Error(message));
        expect(() => {
            checkHierarchy(args);
        }).not.toThrow();
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
