import { eventually } from "./harness/platform";
import {
    administrator,
    ask,
    certificate,
    create,
    dryRun,
    grantEverything,
    memberOf,
    must,
    operator,
    outcomeOf,
    powerful,
} from "./harness/team";

/**
 * Which names a tenant's team tries to have, each beside one that it may have: approver-policy or the API server refuses, and says why.
 */
const namespace = "orders";
const team = memberOf("orders-team");

/** Events of an earlier run are still there: names are new each time. */
const run = Date.now().toString(36);
const nameOf = (index: number, part: "attempt" | "twin"): string => `test-${run}-${index}-${part}`;

const names = (...dnsNames: string[]): object => ({ dnsNames });
const client = { usages: ["digital signature", "client auth"] };
const both = ["digital signature", "server auth", "client auth"];

const oneUse = "a certificate is a server's or a client's";

const certificates = [
    {
        what: "the common name of the platform's database role",
        attempt: { ...client, commonName: "app_user" },
        twin: { ...client, commonName: "orders_app" },
        why: "a client has common names granted to it",
    },
    {
        what: "the gateway's host",
        attempt: names("gateway.local.bluefly.io"),
        twin: names("shop.local.bluefly.io"),
        why: "a server has names of its own namespace and hosts granted to it",
    },
    {
        what: "the name of another namespace's service",
        attempt: names("api.llm-platform.svc"),
        twin: names("api.orders.svc"),
        why: "a server has names of its own namespace and hosts granted to it",
    },
    {
        what: "a URI name",
        attempt: { uris: ["spiffe://cluster.local/ns/llm-platform/sa/api"] },
        twin: names("web.orders.svc", "web.orders.svc.cluster.local"),
        why: "spec.allowed.uris: Invalid value",
    },
    { what: "a CA", attempt: { isCA: true }, twin: { isCA: false }, why: "spec.allowed.isCA" },
    {
        what: "400 days",
        attempt: { duration: "9600h" },
        twin: { duration: "2160h" },
        why: "spec.constraints.maxDuration",
    },
    {
        what: "a server's and a client's use together",
        attempt: { usages: both },
        twin: client,
        why: oneUse,
    },
    {
        what: "neither use",
        attempt: { usages: ["digital signature"] },
        twin: { usages: ["digital signature", "server auth"] },
        why: oneUse,
    },
];

/** Nobody answers what is asked of an issuer that no policy names: requests about which the tests may try to decide. */
const undecided = `test-${run}-undecided`;

let takeEverything: () => void;

beforeAll(() => {
    const all = certificates.flatMap(({ attempt, twin }, index) => [
        certificate(namespace, nameOf(index, "attempt"), attempt),
        certificate(namespace, nameOf(index, "twin"), twin),
    ]);
    const issuerRef = { group: "cert-manager.io", kind: "Issuer", name: "nobodys" };
    all.push(certificate(namespace, undecided, { issuerRef }));
    // The team itself writes them.
    must(team, ["apply", "--filename=-"], all);
    takeEverything = grantEverything();
});

afterAll(() => {
    takeEverything();
    const written = certificates.flatMap((_, index) => [
        nameOf(index, "attempt"),
        nameOf(index, "twin"),
    ]);
    const args = ["--namespace", namespace, "--ignore-not-found"];
    ask(team, ["delete", "certificates,secrets", ...args, ...written, undecided]);
});

describe("a Certificate", () => {
    it.each(certificates.map((it, index) => ({ ...it, index })))(
        "for $what is refused, its twin issued",
        async ({ index, why }) => {
            expect(await outcomeOf(namespace, nameOf(index, "twin"))).toBe("issued");
            expect(await outcomeOf(namespace, nameOf(index, "attempt"))).toContain(why);
        },
    );
});

describe("a CertificateRequest", () => {
    const request = (): object => ({
        apiVersion: "cert-manager.io/v1",
        kind: "CertificateRequest",
        metadata: { namespace, name: `test-${run}-direct` },
        spec: {
            request: fieldOf(`${nameOf(1, "twin")}-1`, "{.spec.request}"),
            usages: ["digital signature", "server auth"],
            issuerRef: { group: "cert-manager.io", kind: "ClusterIssuer", name: "internal-ca" },
        },
    });
    const certManager = operator("cert-manager");
    const approver = operator("cert-manager-approver-policy");

    it.each([
        { who: "the team", caller: team, why: 'cannot create resource "certificaterequests"' },
        { who: "an administrator", caller: administrator, why: "only cert-manager makes" },
        { who: "whoever may do everything", caller: powerful, why: "only cert-manager makes" },
    ])("is not made by $who; cert-manager makes it", ({ caller, why }) => {
        const body = [request()];
        must(certManager, create, body);
        const { permitted, text } = ask(caller, create, body);
        expect(permitted).toBe(false);
        expect(text).toContain(why);
    });

    it.each([
        {
            who: "the team",
            caller: team,
            why: 'cannot patch resource "certificaterequests/status"',
        },
        {
            who: "an administrator",
            caller: administrator,
            why: "approver-policy write what became",
        },
        {
            who: "cert-manager's own approver, turned on",
            caller: certManager,
            why: "only approver-policy approves",
        },
    ])("is not approved by $who; approver-policy may", async ({ caller, why }) => {
        const name = `${undecided}-1`;
        await eventually("undecided request", 30_000, () =>
            Promise.resolve(
                ask(administrator, ["get", "certificaterequest", "--namespace", namespace, name])
                    .permitted || undefined,
            ),
        );
        must(approver, approve, [approved(name)]);
        const { permitted, text } = ask(caller, approve, [approved(name)]);
        expect(permitted).toBe(false);
        expect(text).toContain(why);
    });
});

const fieldOf = (request: string, path: string): string =>
    must(administrator, [
        ...["get", "certificaterequest", "--namespace", namespace, request],
        ...["--output", `jsonpath=${path}`],
    ]);

/** What approver-policy itself sends: an apply, for which nothing need be read before. */
const approve = ["apply", "--server-side", "--subresource=status", dryRun, "--filename=-"];

const approved = (name: string): object => ({
    apiVersion: "cert-manager.io/v1",
    kind: "CertificateRequest",
    metadata: { namespace, name },
    status: {
        conditions: [
            {
                type: "Approved",
                status: "True",
                reason: "test",
                message: "by a test",
                lastTransitionTime: new Date().toISOString().replace(/\.\d+/, ""),
            },
        ],
    },
});
