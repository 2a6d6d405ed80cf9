import type * as k8s from "@pulumi/kubernetes";
import { denyPolicy } from "../kubernetes/restrictedNamespace";
import { celText, celTexts } from "./cel";
import { dnsPolicy } from "./flows";
import { approverUser, certManagerUser } from "./operators";
import { tenantLabel } from "./tenantLabel";

type PolicySpec = k8s.types.input.admissionregistration.v1.ValidatingAdmissionPolicySpec;
type Rule = k8s.types.input.admissionregistration.v1.NamedRuleWithOperations;
type LabelSelector = k8s.types.input.meta.v1.LabelSelector;

/** Who may change what is the platform's, as the API server knows them. */
export interface AdministratorsArgs {
    /** Users, among them the one that runs `pulumi up`. */
    users: string[];
    groups: string[];
}

export interface AdmissionSettings {
    readonly administrators: AdministratorsArgs;
    /** Namespace of cert-manager and approver-policy, and of the issuing key pairs. */
    readonly certManagerNamespace: string;
    readonly issuerName: string;
    /** Secrets of the issuing key pairs. */
    readonly issuerSecretNames: readonly string[];
    /** ConfigMap with the roots, in every namespace of a tenant. */
    readonly trustBundleName: string;
    /** Namespace in which Istio's configuration holds for the whole mesh. */
    readonly meshRootNamespace: string;
}

export interface AdmissionPolicy {
    readonly spec: PolicySpec;
    /** Namespaces in which it is bound; none means everywhere. */
    readonly namespaceSelector?: LabelSelector;
}

/**
 * What the API server itself refuses, by the name of the policy. They cannot guard themselves: the API server admits every
 * ValidatingAdmissionPolicy and binding without asking another one, so nobody else may have a right to them.
 *
 * @throws an error that names the argument, if nobody is an administrator
 */
export function admissionPolicies(
    settings: AdmissionSettings,
): Readonly<Record<string, AdmissionPolicy>> {
    const { users, groups } = settings.administrators;
    if (users.length + groups.length === 0)
        throw new Error(
            "[administrators] has no user and no group; name the user that `kubectl auth whoami` shows",
        );
    return {
        "certificate-requests": { spec: certificateRequests(settings) },
        "platform-objects": { spec: platformObjects(settings) },
        "tenant-objects": {
            spec: tenantObjects(settings),
            namespaceSelector: { matchExpressions: [{ key: tenantLabel, operator: "Exists" }] },
        },
    };
}

const written = ["CREATE", "UPDATE"];
const changed = [...written, "DELETE"];

/** Empty fields are absent from what CEL sees of a request. */
const isStatus = 'has(request.subResource) && request.subResource == "status"';
const isUser = (user: string): string => `request.userInfo.username == ${celText(user)}`;

/** cert-manager asks, approver-policy answers, and nobody stands in for either: not even cert-manager's own approver. */
function certificateRequests(settings: AdmissionSettings): PolicySpec {
    const { certManagerNamespace: namespace, issuerName } = settings;
    const [asks, answers] = [certManagerUser({ namespace }), approverUser({ namespace })];
    return policy(
        [
            rule("cert-manager.io", ["certificaterequests"], written),
            rule("cert-manager.io", ["certificaterequests/status"], ["UPDATE"]),
        ],
        [
            [
                `(${isStatus}) || ${isUser(asks)} || (${isCollector} && request.operation == "UPDATE")`,
                "only cert-manager makes CertificateRequests; write a Certificate",
            ],
            [
                `!(${isStatus}) || ${isUser(asks)} || ${isUser(answers)}`,
                "only cert-manager and approver-policy write what became of a CertificateRequest",
            ],
            [
                `!(${isStatus}) || ${isUser(answers)} || ${answersOf("object")}.all(now, ${answersOf("oldObject")}.exists(before, before.type == now.type && before.status == now.status))`,
                "only approver-policy approves or denies a CertificateRequest",
            ],
            [
                `(${isStatus}) || object.spec.issuerRef.name != ${celText(issuerName)} || (has(object.spec.usages) && object.spec.usages.filter(usage, usage in ["server auth", "client auth"]).size() == 1)`,
                "a certificate is a server's or a client's; name one of the usages server auth and client auth",
            ],
        ],
    );
}

/** Conditions that are an answer, of an object that may have none yet. */
const answersOf = (object: string): string =>
    `(has(${object}.status) && has(${object}.status.conditions) ? ${object}.status.conditions : []).filter(condition, condition.type in ["Approved", "Denied"])`;

/** What everybody's names, keys and mesh rest on. */
function platformObjects(settings: AdmissionSettings): PolicySpec {
    const namespaces = [settings.certManagerNamespace, settings.meshRootNamespace];
    return {
        ...policy(
            [
                rule("policy.cert-manager.io", ["certificaterequestpolicies"], changed),
                rule("", ["secrets"], changed, ["cacerts", ...settings.issuerSecretNames]),
                rule("security.istio.io", ["peerauthentications"], changed),
            ],
            [
                [
                    `${isAdministrator(settings)} || ${completesDeletion}`,
                    "only the platform's administrators change this object",
                ],
            ],
        ),
        matchConditions: [
            {
                name: "of-the-platform",
                expression: `!has(request.namespace) || request.namespace in ${celTexts(["", ...namespaces])}`,
            },
        ],
    };
}

/** What a team may write in general, but not these. */
const tenantObjects = (settings: AdmissionSettings): PolicySpec =>
    policy(
        [
            rule("", ["configmaps"], changed, [settings.trustBundleName]),
            rule("networking.k8s.io", ["networkpolicies"], changed, [denyPolicy, dnsPolicy]),
        ],
        [
            [
                `${isAdministrator(settings)} || ${endsNamespace} || ${completesDeletion}`,
                "only the platform's administrators change this object",
            ],
        ],
    );

const isAdministrator = ({ administrators: { users, groups } }: AdmissionSettings): string =>
    `request.userInfo.username in ${celTexts(users)} || (has(request.userInfo.groups) && request.userInfo.groups.exists(group, group in ${celTexts(groups)}))`;

/** The garbage collector, by one of its hands: it keeps what is left of finalizers and owners in order. */
const isCollector = `request.userInfo.username in ${celTexts([
    "system:serviceaccount:kube-system:generic-garbage-collector",
    "system:kube-controller-manager",
])}`;

/** What was deleted in the foreground, as the engine does it, goes when the collector takes off its finalizer. */
const completesDeletion = `(${isCollector} && request.operation == "UPDATE" && has(oldObject.metadata.deletionTimestamp))`;

/** A namespace that is deleted takes its objects with it, by one of these hands. */
const endsNamespace = `(request.operation == "DELETE" && request.userInfo.username in ${celTexts([
    "system:serviceaccount:kube-system:namespace-controller",
    "system:kube-controller-manager",
])})`;

const policy = (
    resourceRules: Rule[],
    validations: readonly (readonly [expression: string, message: string])[],
): PolicySpec => ({
    failurePolicy: "Fail",
    matchConstraints: { resourceRules },
    validations: validations.map(([expression, message]) => ({
        expression,
        message,
        reason: "Forbidden",
    })),
});

const rule = (
    apiGroup: string,
    resources: string[],
    operations: string[],
    resourceNames: string[] = [],
): Rule => ({
    apiGroups: [apiGroup],
    apiVersions: ["*"],
    resources,
    operations,
    ...(resourceNames.length === 0 ? {} : { resourceNames }),
});
