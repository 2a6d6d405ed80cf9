import * as fc from "fast-check";
import { allowDns, namespaceFlows, type TenantFlowArgs } from "../../../components/tenant/flows";

const dns = {
    to: [
        {
            namespaceSelector: { matchLabels: { "kubernetes.io/metadata.name": "kube-system" } },
            podSelector: { matchLabels: { "k8s-app": "kube-dns" } },
        },
    ],
    ports: [
        { protocol: "UDP", port: 53 },
        { protocol: "TCP", port: 53 },
    ],
};
const tcp = (port: number) => ({ protocol: "TCP", port });
const pods = (app: string) => ({ podSelector: { matchLabels: { app } } });
const podsElsewhere = (app: string, namespace: string) => ({
    namespaceSelector: { matchLabels: { "kubernetes.io/metadata.name": namespace } },
    ...pods(app),
});

it("lets every pod ask for names", () => {
    expect(allowDns).toEqual({ podSelector: {}, policyTypes: ["Egress"], egress: [dns] });
});

it("opens the tenant's ends of what is allowed, one policy a workload", () => {
    const allows = [
        { from: "web.orders.svc", to: "store.orders.svc", port: 4000 },
        { from: "web.orders.svc", to: "tracer.llm-platform.svc", port: 3002 },
        { from: "web.orders.svc", to: "api.llm-platform.svc", port: 3001 },
        { from: "prometheus.monitoring.svc", to: "web.orders.svc", port: 9443 },
        { from: "web.orders.svc", to: "store.orders.svc", port: 3999 },
        { from: "worker.orders-batch.svc", to: "api.llm-platform.svc", port: 3001 },
    ];
    const namespaces = ["orders", "orders-batch"];
    expect(namespaceFlows("orders", { namespaces, allows })).toEqual({
        "allow-store": {
            podSelector: { matchLabels: { app: "store" } },
            policyTypes: ["Ingress", "Egress"],
            ingress: [{ from: [pods("web")], ports: [tcp(3999), tcp(4000)] }],
            egress: [dns],
        },
        "allow-web": {
            podSelector: { matchLabels: { app: "web" } },
            policyTypes: ["Ingress", "Egress"],
            ingress: [{ from: [podsElsewhere("prometheus", "monitoring")], ports: [tcp(9443)] }],
            egress: [
                dns,
                { to: [podsElsewhere("api", "llm-platform")], ports: [tcp(3001)] },
                { to: [pods("store")], ports: [tcp(3999), tcp(4000)] },
                { to: [podsElsewhere("tracer", "llm-platform")], ports: [tcp(3002)] },
            ],
        },
    });
    expect(Object.keys(namespaceFlows("orders-batch", { namespaces, allows }))).toEqual([
        "allow-worker",
    ]);
});

it("opens nothing where nothing is allowed", () => {
    expect(namespaceFlows("orders", { namespaces: ["orders"], allows: [] })).toEqual({});
});

it.each<[string, TenantFlowArgs, string]>([
    [
        "an end that is no identity",
        { from: "web.orders", to: "api.llm-platform.svc", port: 3001 },
        '[allows.from] is "web.orders"; allowed an identity <service>.<namespace>.svc',
    ],
    [
        "a host as an end",
        { from: "web.orders.svc", to: "api.example.com", port: 3001 },
        '[allows.to] is "api.example.com"; allowed an identity <service>.<namespace>.svc',
    ],
    [
        "a port below 1024",
        { from: "web.orders.svc", to: "api.llm-platform.svc", port: 443 },
        "[allows.port] is 443; allowed 1024 to 65535, the port of the pods",
    ],
    [
        "a flow between others",
        { from: "api.llm-platform.svc", to: "postgres.llm-platform-data.svc", port: 5432 },
        "[allows] has api.llm-platform.svc to postgres.llm-platform-data.svc; allowed flows of which one end is in orders",
    ],
])("refuses %s", (_name, flow, message) => {
    expect(() => namespaceFlows("orders", { namespaces: ["orders"], allows: [flow] })).toThrow(
        new Error(message),
    );
});

const place = fc.constantFrom("orders", "orders-batch", "llm-platform", "other");
const service = fc.constantFrom("a", "b", "c");
const end = fc.tuple(service, place);
const ports = [3000, 3001];
const anyFlow = fc
    .tuple(end, end, fc.constantFrom(...ports))
    .filter(([[, from], [, to]]) => from.startsWith("orders") || to.startsWith("orders"));

const identity = ([name, namespace]: readonly [string, string]) => `${name}.${namespace}.svc`;

/** Which flows the policies of a namespace open on its side, read back from them. */
function opened(namespace: string, allows: readonly TenantFlowArgs[]): string[] {
    const policies = namespaceFlows(namespace, { namespaces: ["orders", "orders-batch"], allows });
    interface Peer {
        readonly namespaceSelector?: { readonly matchLabels: Readonly<Record<string, string>> };
        readonly podSelector: { readonly matchLabels: { readonly app: string } };
    }
    interface Rule {
        readonly from?: readonly Peer[];
        readonly to?: readonly Peer[];
        readonly ports: readonly { readonly port: number }[];
    }
    interface Spec {
        readonly podSelector: { readonly matchLabels: { readonly app: string } };
        readonly ingress: readonly Rule[];
        readonly egress: readonly Rule[];
    }
    const name = ({ namespaceSelector, podSelector }: Peer) =>
        identity([
            podSelector.matchLabels.app,
            namespaceSelector?.matchLabels["kubernetes.io/metadata.name"] ?? namespace,
        ]);
    return Object.values(policies).flatMap((policy) => {
        const spec = policy as unknown as Spec;
        const self = identity([spec.podSelector.matchLabels.app, namespace]);
        return [
            ...spec.ingress.flatMap(({ from = [], ports: open }) =>
                from.flatMap((peer) => open.map(({ port }) => `in ${name(peer)} ${self}:${port}`)),
            ),
            ...spec.egress
                .slice(1)
                .flatMap(({ to = [], ports: open }) =>
                    to.flatMap((peer) =>
                        open.map(({ port }) => `out ${self} ${name(peer)}:${port}`),
                    ),
                ),
        ];
    });
}

it("opens each allowed flow at the tenant's ends, once, and no other", () => {
    fc.assert(
        fc.property(fc.array(anyFlow, { maxLength: 8 }), (flows) => {
            const allows = flows.map(([from, to, port]) => ({
                from: identity(from),
                to: identity(to),
                port,
            }));
            for (const namespace of ["orders", "orders-batch"]) {
                const wanted = flows.flatMap(([from, to, port]) => [
                    ...(to[1] === namespace
                        ? [`in ${identity(from)} ${identity(to)}:${port}`]
                        : []),
                    ...(from[1] === namespace
                        ? [`out ${identity(from)} ${identity(to)}:${port}`]
                        : []),
                ]);
                expect(opened(namespace, allows).sort()).toEqual([...new Set(wanted)].sort());
                expect(
                    JSON.stringify(
                        namespaceFlows(namespace, {
                            namespaces: ["orders", "orders-batch"],
                            allows: [...allows].reverse(),
                        }),
                    ),
                ).toBe(
                    JSON.stringify(
                        namespaceFlows(namespace, {
                            namespaces: ["orders", "orders-batch"],
                            allows,
                        }),
                    ),
                );
            }
        }),
    );
});
