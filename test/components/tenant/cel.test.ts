import { Environment } from "@marcbachmann/cel-js";
import * as fc from "fast-check";
import { CertificateUsage } from "../../../components/pki/workloadCertificate";
import {
    admissionPolicies,
    type AdmissionPolicy,
} from "../../../components/tenant/admissionPolicy";
import { issuancePolicies } from "../../../components/tenant/issuancePolicy";

/** CEL as a library reads it; how the API server and approver-policy read it is seen in the cluster. */
const cel = new Environment({ unlistedVariablesAreDyn: true });
const holds = (expression: string, variables: Readonly<Record<string, unknown>>): unknown =>
    cel.evaluate(expression, variables);

const policies = issuancePolicies(
    {
        namespaces: ["orders", "orders-batch"],
        hosts: ["orders.example.com"],
        commonNames: ["orders_reader"],
    },
    { issuerName: "internal-ca", issuerKind: "ClusterIssuer", lifetimeHours: 2160 },
);

const allowsName = (usage: CertificateUsage, self: string, namespace = "orders") =>
    policies[usage].allowed.dnsNames.validations.every(
        ({ rule }) => holds(rule, { self, cr: { namespace } }) === true,
    );

describe("a name", () => {
    it.each<[string, string, boolean, boolean]>([
        ["of a service of the request's namespace", "web.orders.svc", true, true],
        ["of it in its long form", "web.orders.svc.cluster.local", true, false],
        ["of a host granted", "orders.example.com", true, false],
        ["of a service of the tenant's other namespace", "web.orders-batch.svc", false, false],
        ["of a service of the platform", "api.llm-platform.svc", false, false],
        ["of the gateway's host", "gateway.local.bluefly.io", false, false],
        ["below a host granted", "www.orders.example.com", false, false],
        ["of two labels before the namespace", "api.llm-platform.orders.svc", false, false],
        ["with a wildcard", "*.orders.svc", false, false],
        ["in upper case", "WEB.orders.svc", false, false],
        ["with the namespace at the wrong place", "orders.svc", false, false],
        ["with a line after it", "web.orders.svc\n", false, false],
        ["with any character for a dot", "webxordersxsvc", false, false],
        ["that only begins as one", "web.orders.svc.example.com", false, false],
    ])("%s, %s: as a server %s, as a client %s", (_name, name, server, client) => {
        expect(allowsName(CertificateUsage.Server, name)).toBe(server);
        expect(allowsName(CertificateUsage.Client, name)).toBe(client);
    });

    it("is allowed for the namespace that asks, whatever the service is called", () => {
        const label = fc.stringMatching(/^[a-z0-9](?:[a-z0-9-]{0,20}[a-z0-9])?$/);
        fc.assert(
            fc.property(label, label, label, (service, own, other) => {
                for (const usage of Object.values(CertificateUsage)) {
                    expect(allowsName(usage, `${service}.${own}.svc`, own)).toBe(true);
                    expect(allowsName(usage, `${service}.${other}.svc`, own)).toBe(own === other);
                }
            }),
        );
    });

    it("that is anything else is refused", () => {
        fc.assert(
            fc.property(fc.string(), (text) => {
                const own = /^[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.orders\.svc(?![^])/.test(text);
                expect(allowsName(CertificateUsage.Client, text)).toBe(own);
            }),
        );
    });
});

it.each([
    ["orders_reader", true],
    ["app_user", false],
    ["orders_reader ", false],
    ["ORDERS_READER", false],
])("lets a client be called %s: %s", (self, allowed) => {
    const rules = policies[CertificateUsage.Client].allowed.commonName?.validations ?? [];
    expect(rules.map(({ rule }) => holds(rule, { self }))).toEqual([allowed]);
});

const guard = admissionPolicies({
    administrators: { users: ["deployer"], groups: ["system:masters"] },
    certManagerNamespace: "cert-manager",
    issuerName: "internal-ca",
    issuerSecretNames: ["ca-key-pair"],
    trustBundleName: "workload-trust",
    meshRootNamespace: "istio-system",
});

interface Spec {
    readonly matchConditions?: readonly { readonly expression: string }[];
    readonly validations: readonly { readonly expression: string; readonly message: string }[];
}

/** What the API server would answer: nothing where the request is not the policy's or all holds, else the first message. */
function refusal(name: string, variables: Readonly<Record<string, unknown>>): string | undefined {
    const { spec } = guard[name] as AdmissionPolicy;
    const { matchConditions = [], validations } = spec as unknown as Spec;
    if (!matchConditions.every(({ expression }) => holds(expression, variables) === true))
        return undefined;
    return validations.find(({ expression }) => holds(expression, variables) !== true)?.message;
}

const certManager = { username: "system:serviceaccount:cert-manager:cert-manager" };
const approver = {
    username: "system:serviceaccount:cert-manager:cert-manager-approver-policy",
};
const team = { username: "anna", groups: ["orders-team", "system:authenticated"] };
const root = { username: "kubernetes-admin", groups: ["system:masters"] };

const collector = {
    username: "system:serviceaccount:kube-system:generic-garbage-collector",
};

const wanted = (usages: string[] | undefined, issuer = "internal-ca") => ({
    spec: { issuerRef: { name: issuer }, ...(usages ? { usages } : {}) },
});
const notCertManager = "only cert-manager makes CertificateRequests; write a Certificate";
const notApprover = "only approver-policy approves or denies a CertificateRequest";
const notEither = "only cert-manager and approver-policy write what became of a CertificateRequest";
const oneUse =
    "a certificate is a server's or a client's; name one of the usages server auth and client auth";

it.each<[string, object, object, string | undefined]>([
    [
        "cert-manager, for a server",
        certManager,
        wanted(["digital signature", "server auth"]),
        undefined,
    ],
    ["cert-manager, for a client", certManager, wanted(["client auth"]), undefined],
    ["cert-manager, for both uses", certManager, wanted(["server auth", "client auth"]), oneUse],
    ["cert-manager, for neither", certManager, wanted(["digital signature"]), oneUse],
    ["cert-manager, for no usage", certManager, wanted(undefined), oneUse],
    ["cert-manager, for another issuer", certManager, wanted(undefined, "other"), undefined],
    ["a team", team, wanted(["server auth"]), notCertManager],
    ["an administrator", root, wanted(["server auth"]), notCertManager],
    ["approver-policy", approver, wanted(["server auth"]), notCertManager],
])("a request made by %s", (_name, userInfo, object, message) => {
    expect(
        refusal("certificate-requests", { request: { userInfo }, object, oldObject: null }),
    ).toBe(message);
});

it.each([
    ["UPDATE", undefined],
    ["CREATE", notCertManager],
])("the garbage collector's %s of a request: %s", (operation, message) => {
    const object = wanted(["server auth"]);
    const request = { userInfo: collector, operation };
    expect(refusal("certificate-requests", { request, object, oldObject: object })).toBe(message);
});

const answered = (...conditions: { type: string; status: string }[]) => ({
    ...wanted(["server auth"]),
    status: { conditions },
});
const approved = { type: "Approved", status: "True" };
const ready = { type: "Ready", status: "True" };

it.each<[string, object, object, object, string | undefined]>([
    ["approver-policy approves", approver, answered(), answered(approved), undefined],
    [
        "approver-policy approves the first time",
        approver,
        wanted([]),
        answered(approved),
        undefined,
    ],
    [
        "approver-policy denies",
        approver,
        answered(),
        answered({ type: "Denied", status: "True" }),
        undefined,
    ],
    ["cert-manager issues", certManager, answered(approved), answered(approved, ready), undefined],
    [
        "cert-manager says why not yet",
        certManager,
        wanted([]),
        answered({ ...ready, status: "False" }),
        undefined,
    ],
    [
        "cert-manager's own approver approves",
        certManager,
        answered(),
        answered(approved),
        notApprover,
    ],
    [
        "cert-manager's own approver approves first",
        certManager,
        wanted([]),
        answered(approved),
        notApprover,
    ],
    [
        "cert-manager turns a denial into an approval",
        certManager,
        answered({ type: "Denied", status: "True" }),
        answered(approved),
        notApprover,
    ],
    [
        "cert-manager turns an answer round",
        certManager,
        answered({ ...approved, status: "False" }),
        answered(approved),
        notApprover,
    ],
    ["a team approves", team, answered(), answered(approved), notEither],
    ["an administrator approves", root, answered(), answered(approved), notEither],
])("%s", (_name, userInfo, oldObject, object, message) => {
    const request = { userInfo, subResource: "status" };
    expect(refusal("certificate-requests", { request, object, oldObject })).toBe(message);
});

const onlyAdministrators = "only the platform's administrators change this object";

it.each<[string, object, string | undefined, string | undefined]>([
    ["the user who runs pulumi, nowhere", { username: "deployer" }, undefined, undefined],
    ["a member of the group", root, undefined, undefined],
    ["a team, of no namespace", team, undefined, onlyAdministrators],
    ["a team, of the mesh's root namespace", team, "istio-system", onlyAdministrators],
    ["a team, of cert-manager's namespace", team, "cert-manager", onlyAdministrators],
    ["a team, of its own namespace", team, "orders", undefined],
    ["somebody without groups", { username: "anna" }, undefined, onlyAdministrators],
    ["cert-manager", certManager, undefined, onlyAdministrators],
])("an object of the platform changed by %s", (_name, userInfo, namespace, message) => {
    const request = { userInfo, ...(namespace === undefined ? {} : { namespace }) };
    expect(refusal("platform-objects", { request })).toBe(message);
});

const deleted = { metadata: { deletionTimestamp: "2026-11-24T12:00:00Z" } };

describe.each(["platform-objects", "tenant-objects"])("%s: a deletion that has begun", (policy) => {
    it.each<[string, object, string, object | null, string | undefined]>([
        ["is completed by the collector", collector, "UPDATE", deleted, undefined],
        ["is all it completes", collector, "UPDATE", { metadata: {} }, onlyAdministrators],
        ["is not begun by it", collector, "DELETE", { metadata: {} }, onlyAdministrators],
        ["makes nothing anew", collector, "CREATE", null, onlyAdministrators],
        ["is not completed by a team", team, "UPDATE", deleted, onlyAdministrators],
    ])("%s", (_name, userInfo, operation, oldObject, message) => {
        expect(refusal(policy, { request: { userInfo, operation }, oldObject })).toBe(message);
    });
});

const ends = { username: "system:serviceaccount:kube-system:namespace-controller" };

it.each<[string, object, string, string | undefined]>([
    ["an administrator", root, "DELETE", undefined],
    ["a team", team, "UPDATE", onlyAdministrators],
    ["a team that deletes", team, "DELETE", onlyAdministrators],
    ["the end of its namespace", ends, "DELETE", undefined],
    ["the namespaces' controller otherwise", ends, "UPDATE", onlyAdministrators],
])(
    "an object of the platform in a tenant's namespace changed by %s",
    (_name, userInfo, operation, message) => {
        expect(refusal("tenant-objects", { request: { userInfo, operation } })).toBe(message);
    },
);
