import type * as pulumi from "@pulumi/pulumi";
import { Tenant, type TenantArgs } from "../../../components/tenant/tenant";
import { mockEngine, recorded, type Recorded } from "../recorded";

const args: TenantArgs = {
    namespaces: ["orders", "orders-batch"],
    group: "orders-team",
    hosts: ["orders.example.com"],
    commonNames: ["orders_reader"],
    allows: [{ from: "web.orders.svc", to: "api.llm-platform.svc", port: 3001 }],
    quota: { pods: 5, memory: "1Gi" },
    issuance: {
        issuerName: "internal-ca",
        issuerKind: "ClusterIssuer",
        lifetimeHours: 2160,
        certManagerNamespace: "cert-manager",
    },
    trustBundleName: "workload-trust",
    rootCertificatesPem: ["root\n"],
};

interface Made {
    readonly names: readonly string[];
    /** Names of what stays in the cluster when it leaves the program. */
    readonly kept: readonly string[];
    readonly find: (name: string) => Recorded["inputs"] | undefined;
}

const short = (type: string): string => type.split(":").at(-1) ?? "";

async function made(changes: Partial<TenantArgs> = {}): Promise<Made> {
    mockEngine();
    const kept: string[] = [];
    const noted: pulumi.ResourceTransformation = ({ type, name, opts }) => {
        if ((opts as pulumi.CustomResourceOptions).retainOnDelete === true)
            kept.push(`${short(type)} ${name}`);
        return undefined;
    };
    new Tenant("orders", { ...args, ...changes }, { transformations: [noted] });
    const resources = await recorded();
    const all = resources.map((one) => ({ ...one, name: `${short(one.type)} ${one.name}` }));
    return {
        names: all.map(({ name }) => name),
        kept: kept.sort(),
        find: (name) => all.find((one) => one.name === name)?.inputs,
    };
}

const ofNamespaces = (kinds: readonly (readonly [kind: string, suffix: string])[]) =>
    ["orders", "orders-batch"].flatMap((namespace) =>
        kinds.map(([kind, suffix]) => `${kind} ${namespace}${suffix}`),
    );

const ground = [
    ["Namespace", ""],
    ["NetworkPolicy", "-deny-all"],
    ["ResourceQuota", "-quota"],
    ["LimitRange", "-limits"],
] as const;

const inside = [
    ["NetworkPolicy", "-allow-dns"],
    ["Role", "-team"],
    ["RoleBinding", "-team"],
] as const;

const trust = ["ConfigMap orders-trust-orders", "ConfigMap orders-trust-orders-batch"];
const issuance = [
    "CertificateRequestPolicy orders-client",
    "CertificateRequestPolicy orders-server",
    ...ofNamespaces([
        ["Role", "-certificate-request-policies"],
        ["RoleBinding", "-certificate-request-policies"],
    ]),
];

it("has these children, of which only namespaces and what limits them outlive its entry", async () => {
    const { names, kept } = await made();
    expect([...names].sort()).toEqual(
        [
            ...ofNamespaces([...ground, ...inside]),
            ...trust,
            ...issuance,
            "NetworkPolicy orders-allow-web",
        ].sort(),
    );
    expect(kept).toEqual([...ofNamespaces(ground)].sort());
});

it("loses issuance and nothing else on its way out, and then its namespaces go with its entry", async () => {
    const { names, kept } = await made({ offboarding: true });
    expect([...names].sort()).toEqual(
        [
            ...ofNamespaces([...ground, ...inside]),
            ...trust,
            "NetworkPolicy orders-allow-web",
        ].sort(),
    );
    expect(kept).toEqual([]);
});

it("has namespaces in which only restricted pods run, with its name on them", async () => {
    const { find } = await made();
    expect(find("Namespace orders-batch")).toEqual({
        apiVersion: "v1",
        kind: "Namespace",
        metadata: {
            name: "orders-batch",
            labels: {
                "pod-security.kubernetes.io/enforce": "restricted",
                "pod-security.kubernetes.io/enforce-version": "latest",
                "pod-security.kubernetes.io/audit": "restricted",
                "pod-security.kubernetes.io/warn": "restricted",
                "encryption-in-transit/tenant": "orders",
            },
        },
    });
    expect(find("NetworkPolicy orders-batch-deny-all")?.spec).toEqual({
        podSelector: {},
        policyTypes: ["Ingress", "Egress"],
    });
    expect(find("ConfigMap orders-trust-orders-batch")).toMatchObject({
        metadata: { name: "workload-trust", namespace: "orders-batch" },
        data: { "ca.crt": "root\n" },
    });
});

it("has a quota with a default for what is not set, and no way in past the gateway", async () => {
    const { find } = await made();
    expect(find("ResourceQuota orders-quota")?.spec).toEqual({
        hard: {
            pods: "5",
            "requests.cpu": "4",
            "requests.memory": "1Gi",
            "limits.memory": "1Gi",
            "requests.storage": "20Gi",
            "count/certificates.cert-manager.io": "40",
            "services.loadbalancers": "0",
            "services.nodeports": "0",
        },
    });
    expect(find("LimitRange orders-limits")?.spec).toEqual({
        limits: [
            {
                type: "Container",
                defaultRequest: { cpu: "50m", memory: "64Mi" },
                default: { memory: "256Mi" },
            },
        ],
    });
});

interface Rule {
    readonly apiGroups: readonly string[];
    readonly resources: readonly string[];
    readonly verbs: readonly string[];
}

it("lets the team ask for certificates, and neither make, approve nor redefine requests", async () => {
    const { find } = await made();
    const { rules } = find("Role orders-team") as unknown as { readonly rules: readonly Rule[] };
    const verbsOf = (resource: string) =>
        rules.find(({ resources }) => resources.includes(resource))?.verbs;
    expect(verbsOf("certificates")).toEqual([
        "get",
        "list",
        "watch",
        "create",
        "update",
        "patch",
        "delete",
    ]);
    expect(verbsOf("certificaterequests")).toEqual(["get", "list", "watch"]);
    expect(verbsOf("secrets")).toContain("get");
    const groups = [...new Set(rules.flatMap(({ apiGroups }) => apiGroups))].sort();
    expect(groups).toEqual([
        "",
        "apps",
        "autoscaling",
        "batch",
        "cert-manager.io",
        "networking.k8s.io",
        "policy",
    ]);
    const everything = rules.flatMap(({ resources, verbs }) => [...resources, ...verbs]);
    for (const one of [
        "*",
        "certificaterequests/status",
        "issuers",
        "namespaces",
        "pods/exec",
        "serviceaccounts/token",
    ])
        expect(everything).not.toContain(one);
    expect(find("RoleBinding orders-team")).toMatchObject({
        metadata: { name: "team", namespace: "orders" },
        roleRef: { kind: "Role", name: "team" },
        subjects: [{ apiGroup: "rbac.authorization.k8s.io", kind: "Group", name: "orders-team" }],
    });
});

it("lets cert-manager's account alone use the tenant's two policies, in the tenant's namespaces alone", async () => {
    const { find } = await made();
    expect(find("Role orders-certificate-request-policies")).toMatchObject({
        metadata: { name: "certificate-request-policies", namespace: "orders" },
        rules: [
            {
                apiGroups: ["policy.cert-manager.io"],
                resources: ["certificaterequestpolicies"],
                verbs: ["use"],
                resourceNames: ["orders-server", "orders-client"],
            },
        ],
    });
    expect(find("RoleBinding orders-certificate-request-policies")).toMatchObject({
        roleRef: { kind: "Role", name: "certificate-request-policies" },
        subjects: [{ kind: "ServiceAccount", name: "cert-manager", namespace: "cert-manager" }],
    });
    expect(find("CertificateRequestPolicy orders-client")).toMatchObject({
        apiVersion: "policy.cert-manager.io/v1alpha1",
        metadata: {
            name: "orders-client",
            annotations: { "pulumi.com/waitFor": "condition=Ready" },
        },
        spec: { selector: { namespace: { matchNames: ["orders", "orders-batch"] } } },
    });
});
