import { AdmissionGuard } from "../../../components/tenant/admissionGuard";
import { admissionPolicies } from "../../../components/tenant/admissionPolicy";
import { mockEngine, recorded } from "../recorded";

const args = {
    administrators: { users: ["deployer", "break-glass"], groups: ["system:masters"] },
    certManagerNamespace: "cert-manager",
    issuerName: "internal-ca",
    issuerSecretNames: ["ca-key-pair"],
    trustBundleName: "workload-trust",
};

const policies = admissionPolicies({ ...args, meshRootNamespace: "istio-system" });

it("is three policies, each bound so that it refuses", async () => {
    mockEngine();
    new AdmissionGuard("guard", args);
    const resources = await recorded();
    const names = Object.keys(policies).map((name) => `encryption-in-transit-${name}`);
    expect(names).toEqual([
        "encryption-in-transit-certificate-requests",
        "encryption-in-transit-platform-objects",
        "encryption-in-transit-tenant-objects",
    ]);
    const kind = (wanted: string) => resources.filter(({ type }) => type.endsWith(`:${wanted}`));
    expect(kind("ValidatingAdmissionPolicy").map(({ name }) => name)).toEqual(names);
    expect(kind("ValidatingAdmissionPolicy").map(({ inputs }) => inputs.spec)).toEqual(
        Object.values(policies).map(({ spec }) => spec),
    );
    expect(kind("ValidatingAdmissionPolicyBinding").map(({ inputs }) => inputs.spec)).toEqual([
        { policyName: names[0], validationActions: ["Deny"] },
        { policyName: names[1], validationActions: ["Deny"] },
        {
            policyName: names[2],
            validationActions: ["Deny"],
            matchResources: {
                namespaceSelector: {
                    matchExpressions: [{ key: "encryption-in-transit/tenant", operator: "Exists" }],
                },
            },
        },
    ]);
    expect(resources).toHaveLength(6);
});

it("refuses where it cannot be evaluated", () => {
    for (const { spec } of Object.values(policies))
        expect(spec).toMatchObject({ failurePolicy: "Fail" });
});

interface Spec {
    readonly matchConstraints: { readonly resourceRules: readonly Rule[] };
    readonly validations: readonly { readonly message: string; readonly reason: string }[];
}

interface Rule {
    readonly apiGroups: readonly string[];
    readonly apiVersions: readonly string[];
    readonly operations: readonly string[];
    readonly resources: readonly string[];
    readonly resourceNames?: readonly string[];
}

it("judges these objects in all their versions, and says who may instead", () => {
    const lines = Object.entries(policies).flatMap(([name, { spec }]) => {
        const { matchConstraints, validations } = spec as unknown as Spec;
        return [
            ...matchConstraints.resourceRules.map((rule) => {
                expect(rule.apiVersions).toEqual(["*"]);
                const of = [rule.resources.join(), rule.apiGroups.join()].filter(
                    (one) => one !== "",
                );
                return `${name}: ${rule.operations.join(" ")} ${of.join(".")} ${(rule.resourceNames ?? []).join(" ")}`.trim();
            }),
            ...validations.map(({ message, reason }) => `${name}: ${reason}, ${message}`),
        ];
    });
    expect(lines).toEqual([
        "certificate-requests: CREATE UPDATE certificaterequests.cert-manager.io",
        "certificate-requests: UPDATE certificaterequests/status.cert-manager.io",
        "certificate-requests: Forbidden, only cert-manager makes CertificateRequests; write a Certificate",
        "certificate-requests: Forbidden, only cert-manager and approver-policy write what became of a CertificateRequest",
        "certificate-requests: Forbidden, only approver-policy approves or denies a CertificateRequest",
        "certificate-requests: Forbidden, a certificate is a server's or a client's; name one of the usages server auth and client auth",
        "platform-objects: CREATE UPDATE DELETE certificaterequestpolicies.policy.cert-manager.io",
        "platform-objects: CREATE UPDATE DELETE secrets cacerts ca-key-pair",
        "platform-objects: CREATE UPDATE DELETE peerauthentications.security.istio.io",
        "platform-objects: Forbidden, only the platform's administrators change this object",
        "tenant-objects: CREATE UPDATE DELETE configmaps workload-trust",
        "tenant-objects: CREATE UPDATE DELETE networkpolicies.networking.k8s.io deny-all allow-dns",
        "tenant-objects: Forbidden, only the platform's administrators change this object",
    ]);
});

it("knows no platform without somebody who may change it", () => {
    expect(() =>
        admissionPolicies({
            ...args,
            meshRootNamespace: "istio-system",
            administrators: { users: [], groups: [] },
        }),
    ).toThrow(
        new Error(
            "[administrators] has no user and no group; name the user that `kubectl auth whoami` shows",
        ),
    );
});
