import {
    administrator,
    ask,
    create,
    grantEverything,
    memberOf,
    must,
    patch,
    powerful,
    remove,
    type Caller,
} from "./harness/team";

/**
 * What a team tries with what is not its own, each beside the same act that is permitted; the API server refuses, and says why. All but
 * what is read are dry runs.
 */
const namespace = "orders";
const team = memberOf("orders-team");
const own = { name: "test-own" };

let takeEverything: () => void;

beforeAll(() => {
    takeEverything = grantEverything();
    ask(team, ["delete", "secret", "--namespace", namespace, own.name]);
    must(team, ["create", "secret", "generic", "--namespace", namespace, own.name]);
});
afterAll(() => {
    takeEverything();
    ask(team, ["delete", "secret", "--namespace", namespace, own.name]);
});

interface Act {
    readonly what: string;
    readonly attempt: readonly [Caller, readonly string[], object?];
    readonly why: string;
    readonly twin: readonly [Caller, readonly string[], object?];
}

/** Each alone, so that a refusal is of this act. */
const acts = (all: readonly Act[]): void => {
    it.each(all)("$what", ({ attempt, why, twin }) => {
        const allowed = answerOf(twin);
        expect(allowed).toEqual({ permitted: true, text: expect.any(String) as unknown });
        const refused = answerOf(attempt);
        expect(refused.permitted).toBe(false);
        expect(refused.text).toContain(why);
    });
};

const answerOf = ([caller, args, object]: Act["attempt"]) =>
    ask(caller, args, object === undefined ? [] : [object]);

const onlyAdministrators = "only the platform's administrators change this object";
const label = { metadata: { labels: { test: own.name } } };

describe("a role of the team's refuses it", () => {
    acts([
        {
            what: "to read the platform's passwords; its own Secret it reads",
            attempt: [team, ["get", "secret", "--namespace=llm-platform", "postgres-credentials"]],
            why: 'secrets "postgres-credentials" is forbidden',
            twin: [team, ["get", "secret", "--namespace=orders", own.name]],
        },
        {
            what: "to read the key pair that issues; its own Secret it reads",
            attempt: [team, ["get", "secret", "--namespace=cert-manager", "ca-key-pair"]],
            why: 'secrets "ca-key-pair" is forbidden',
            twin: [team, ["get", "secret", "--namespace=orders", own.name]],
        },
        {
            what: "to change what names it may have; an administrator may",
            attempt: [team, patch(namespace, "certificaterequestpolicy/orders-client", label)],
            why: 'certificaterequestpolicies.policy.cert-manager.io "orders-client" is forbidden',
            twin: [
                administrator,
                patch(namespace, "certificaterequestpolicy/orders-client", label),
            ],
        },
        {
            what: "to run cert-manager with other settings; its own workloads it runs",
            attempt: [team, create, deployment("cert-manager")],
            why: 'cannot create resource "deployments" in API group "apps" in the namespace "cert-manager"',
            twin: [team, create, deployment(namespace)],
        },
        {
            what: "to let somebody else use a policy; an administrator may",
            attempt: [team, patch(namespace, "role/certificate-request-policies", label)],
            why: 'roles.rbac.authorization.k8s.io "certificate-request-policies" is forbidden',
            twin: [administrator, patch(namespace, "role/certificate-request-policies", label)],
        },
        {
            what: "to make its namespace no tenant's; an administrator may label it",
            attempt: [team, patch(namespace, `namespace/${namespace}`, label)],
            why: `namespaces "${namespace}" is forbidden`,
            twin: [administrator, patch(namespace, `namespace/${namespace}`, label)],
        },
    ]);
});

describe("what everybody rests on is refused whatever roles say", () => {
    acts([
        {
            what: "the roots in the team's namespace; its own ConfigMaps it writes",
            attempt: [
                team,
                patch(namespace, "configmap/workload-trust", { data: { "ca.crt": "" } }),
            ],
            why: onlyAdministrators,
            twin: [team, create, { ...meta("ConfigMap", namespace, "own"), data: { a: "b" } }],
        },
        {
            what: "to end the default deny; its own NetworkPolicies the team deletes",
            attempt: [team, remove(namespace, "networkpolicy", "deny-all")],
            why: onlyAdministrators,
            twin: [team, remove(namespace, "networkpolicy", "allow-orders")],
        },
        ...[
            ["the policy of names", "orders", "certificaterequestpolicy/orders-client"],
            ["the key pair that issues", "cert-manager", "secret/ca-key-pair"],
            ["the roots in a team's namespace", "orders", "configmap/workload-trust"],
            ["a team's default deny", "orders", "networkpolicy/deny-all"],
        ].map(([what = "", at = "", object = ""]): Act => ({
            what: `${what}, by whoever may do everything; an administrator may`,
            attempt: [powerful, patch(at, object, label)],
            why: onlyAdministrators,
            twin: [administrator, patch(at, object, label)],
        })),
        {
            what: "the mesh's CA, by whoever may do everything; an administrator may",
            attempt: [powerful, create, meta("Secret", "cert-manager", "cacerts")],
            why: onlyAdministrators,
            twin: [administrator, create, meta("Secret", "cert-manager", "cacerts")],
        },
        {
            what: "but not every Secret beside it",
            attempt: [powerful, create, meta("Secret", "cert-manager", "cacerts")],
            why: onlyAdministrators,
            twin: [powerful, create, meta("Secret", "cert-manager", "another")],
        },
    ]);
});

function meta(kind: string, at: string, name: string): object {
    const apiVersion = "v1";
    return { apiVersion, kind, metadata: { namespace: at, name } };
}

function deployment(at: string): object {
    const labels = { app: "test" };
    return {
        ...meta("Deployment", at, "test"),
        apiVersion: "apps/v1",
        spec: {
            selector: { matchLabels: labels },
            template: {
                metadata: { labels },
                spec: { containers: [{ name: "test", image: "lab/orders:0.1.0" }] },
            },
        },
    };
}
