import { readFileSync } from "node:fs";
import { join } from "node:path";
import { policyApi } from "../../components/tenant/issuancePolicy";
import { missing, type ClusterView, type Environment } from "../../stacks/prerequisites";

const [, policyVersion = ""] = policyApi.split("/");
const approver = "system:serviceaccount:cert-manager:cert-manager-approver-policy";

const now = new Date("2026-11-24T12:00:00Z");

const healthy: ClusterView = {
    serverVersion: () => Promise.resolve("v1.34.4"),
    servedVersions: (name) =>
        Promise.resolve(name.endsWith(".policy.cert-manager.io") ? [policyVersion] : ["v1"]),
    leaderSeen: () => Promise.resolve(new Date(now.getTime() - 10_000)),
    certManagerVersion: () => Promise.resolve("v1.21.2"),
    defaultStorageClass: () => Promise.resolve("standard"),
    dnsEndpoints: () => Promise.resolve(2),
    servesAdmissionPolicies: () => Promise.resolve(true),
    may: () => Promise.resolve(true),
    mayUser: (user) => Promise.resolve(user === approver),
};

const environment = (
    cluster: Partial<ClusterView> = {},
    more: Partial<Environment> = {},
): Environment => ({
    config: {
        cluster: "lab",
        namespace: "llm-platform",
        dataNamespace: "llm-platform-data",
        certManagerNamespace: "cert-manager",
        administrators: { users: ["admin"], groups: [] },
    },
    current: { cluster: "lab", context: "lab" },
    cluster: { ...healthy, ...cluster },
    pulumi: "v3.259.0",
    now,
    ...more,
});

it("says nothing of an environment that has everything", async () => {
    expect(await missing(environment())).toEqual([]);
});

it.each([undefined, "v1.20.0", "1.21.2", "v2.0.0"])(
    "takes cert-manager of version %s",
    async (version) => {
        const certManagerVersion = () => Promise.resolve(version);
        expect(await missing(environment({ certManagerVersion }))).toEqual([]);
    },
);

/** Everything but one thing. */
const unless =
    (refused: string): ClusterView["may"] =>
    ({ verb, resource, namespace }) =>
        Promise.resolve(`${verb} ${resource} in ${namespace ?? "all"}` !== refused);

/** Everything as it is, but one answer. */
const servedUnless =
    (resource: string, versions: string[]): ClusterView["servedVersions"] =>
    (name) =>
        name === resource ? Promise.resolve(versions) : healthy.servedVersions(name);

const seenUnless =
    (lease: string, seen: Date | undefined): ClusterView["leaderSeen"] =>
    (name) =>
        name === lease ? Promise.resolve(seen) : healthy.leaderSeen(name);

const policies = "certificaterequestpolicies";
const approverPolicy = "install cert-manager's approver-policy with its CRDs";

const certManager = "install cert-manager 1.20 or later with its CRDs";

it.each<[string, Partial<ClusterView>, string]>([
    [
        "cert-manager's definitions",
        { servedVersions: servedUnless("issuers.cert-manager.io", []) },
        `cert-manager: issuers are not served as v1; ${certManager}`,
    ],
    [
        "cert-manager's controller",
        { leaderSeen: seenUnless("cert-manager-controller", undefined) },
        `cert-manager: its controller has never been seen; ${certManager}`,
    ],
    [
        "a controller that is alive",
        { leaderSeen: seenUnless("cert-manager-controller", new Date("2026-11-24T11:00:00Z")) },
        `cert-manager: its controller was last seen 2026-11-24T11:00:00.000Z; ${certManager}`,
    ],
    [
        "a cert-manager that is maintained",
        { certManagerVersion: () => Promise.resolve("v1.19.4") },
        `cert-manager: its version is v1.19.4; ${certManager}`,
    ],
    [
        "approver-policy's definitions",
        { servedVersions: servedUnless(`${policies}.policy.cert-manager.io`, []) },
        `approver-policy: ${policies} are not served as v1alpha1; ${approverPolicy}`,
    ],
    [
        "approver-policy's definitions in the version that is rendered",
        { servedVersions: servedUnless(`${policies}.policy.cert-manager.io`, ["v1"]) },
        `approver-policy: ${policies} are not served as v1alpha1; ${approverPolicy}`,
    ],
    [
        "approver-policy's controller",
        { leaderSeen: seenUnless("policy.cert-manager.io", undefined) },
        `approver-policy: its controller has never been seen; ${approverPolicy}`,
    ],
    [
        "approver-policy's right",
        { mayUser: () => Promise.resolve(false) },
        `approver-policy: ${approver} may not approve for clusterissuers.cert-manager.io/internal-ca; name that in its chart's app.approveSignerNames`,
    ],
    [
        "a cert-manager that does not approve by itself",
        { mayUser: () => Promise.resolve(true) },
        "cert-manager: its default approver is on for clusterissuers.cert-manager.io/internal-ca, and would grant every name; install it with disableAutoApproval: true",
    ],
    [
        "a cert-manager that does not approve for this one issuer",
        {
            mayUser: (user, { name = "" }) =>
                Promise.resolve(user === approver || name.endsWith("/internal-ca")),
        },
        "cert-manager: its default approver is on for clusterissuers.cert-manager.io/internal-ca, and would grant every name; install it with disableAutoApproval: true",
    ],
    [
        "admission policies",
        { servesAdmissionPolicies: () => Promise.resolve(false) },
        "admission policies: validatingadmissionpolicies are not served as admissionregistration.k8s.io/v1; use Kubernetes 1.30 or later",
    ],
    [
        "a right over the admission policies",
        { may: unless("create validatingadmissionpolicies in all") },
        "RBAC: you may not create validatingadmissionpolicies.admissionregistration.k8s.io; ask for a role that allows it",
    ],
    [
        "a default storage class",
        { defaultStorageClass: () => Promise.resolve(undefined) },
        "storage class: none is the default; annotate one with storageclass.kubernetes.io/is-default-class",
    ],
    [
        "DNS",
        { dnsEndpoints: () => Promise.resolve(0) },
        "DNS: no endpoint of kube-system/kube-dns is ready; install the cluster's DNS",
    ],
    [
        "a right",
        { may: unless("patch secrets in cert-manager") },
        "RBAC: you may not patch secrets in cert-manager; ask for a role that allows it",
    ],
    [
        "a right over the stores",
        { may: unless("create statefulsets in llm-platform-data") },
        "RBAC: you may not create statefulsets.apps in llm-platform-data; ask for a role that allows it",
    ],
    [
        "a right over the passwords of services",
        { may: unless("delete secrets in llm-platform") },
        "RBAC: you may not delete secrets in llm-platform; ask for a role that allows it",
    ],
    [
        "an answer",
        { dnsEndpoints: () => Promise.reject(new Error("HTTP-Code: 403\nHeaders: secret")) },
        "DNS: could not be read, HTTP-Code: 403",
    ],
])("names %s in one line where it is missing", async (_what, cluster, line) => {
    expect(await missing(environment(cluster))).toEqual([line]);
});

it("asks a cluster that is out of reach nothing further", async () => {
    const serverVersion = () => Promise.reject(new Error("connect ECONNREFUSED 127.0.0.1:6443"));
    expect(await missing(environment({ serverVersion }))).toEqual([
        "cluster: lab is not reached, connect ECONNREFUSED 127.0.0.1:6443",
    ]);
});

it("asks another cluster nothing, and says that there is no CLI", async () => {
    const lines = await missing(
        environment({}, { current: { cluster: "prod", context: "admin" }, pulumi: undefined }),
    );
    expect(lines).toEqual([
        expect.stringMatching(/^pulumi: not on PATH; /),
        expect.stringMatching(/^\[cluster\] is "lab"; allowed "prod"/),
    ]);
});

it("takes an approver-policy that may approve for this one issuer", async () => {
    const mayUser: ClusterView["mayUser"] = (user, { verb, group, resource, name = "" }) =>
        Promise.resolve(
            user === approver &&
                `${verb} ${resource}.${group}` === "approve signers.cert-manager.io" &&
                name.endsWith("/internal-ca"),
        );
    expect(await missing(environment({ mayUser }))).toEqual([]);
});

it("asks for nothing that grants names where nobody is an administrator", async () => {
    const cluster = {
        servedVersions: servedUnless(`${policies}.policy.cert-manager.io`, []),
        servesAdmissionPolicies: () => Promise.resolve(false),
        mayUser: () => Promise.resolve(true),
        may: unless("create validatingadmissionpolicies in all"),
    };
    const { config } = environment();
    const administrators = { users: [], groups: [] };
    expect(await missing(environment(cluster, { config: { ...config, administrators } }))).toEqual(
        [],
    );
    expect(await missing(environment(cluster))).toHaveLength(3);
});

it.each(["v3.259.0", "3.260.1", "v4.0.0"])("takes Pulumi %s", async (pulumi) => {
    expect(await missing(environment({}, { pulumi }))).toEqual([]);
});

it.each(["v3.258.9", "v2.300.0", "unknown"])("names Pulumi %s in one line", async (pulumi) => {
    expect(await missing(environment({}, { pulumi }))).toEqual([
        `pulumi: its version is ${pulumi}; install the Pulumi CLI 3.259 or later, https://www.pulumi.com/docs/install/`,
    ]);
});

it("wants no engine that is older than the SDK", () => {
    const text = readFileSync(join(__dirname, "..", "..", "package.json"), "utf8");
    const { dependencies } = JSON.parse(text) as { dependencies: Record<string, string> };
    expect(dependencies["@pulumi/pulumi"]).toMatch(/^3\.259\./);
});
