import { madePlatform } from "./fixture";

interface Selector {
    readonly matchLabels?: Readonly<Record<string, string>>;
}

interface Peer {
    readonly podSelector?: Selector;
    readonly namespaceSelector?: Selector;
}

interface Rule {
    readonly from?: readonly Peer[];
    readonly to?: readonly Peer[];
    readonly ports: readonly { readonly port: number; readonly protocol: string }[];
}

interface Policy {
    readonly metadata: { readonly namespace: string };
    readonly spec: {
        readonly podSelector: Selector;
        readonly ingress?: readonly Rule[];
        readonly egress?: readonly Rule[];
    };
}

interface Pod {
    readonly app: string;
    readonly namespace: string;
}

/** Every pod that there is, and one of each kind of stranger. */
const pods: readonly Pod[] = [
    ...["gateway", "api", "agent-mesh", "tracer", "verifier"].map((app) => ({
        app,
        namespace: "llm-platform",
    })),
    ...["postgres", "redis"].map((app) => ({ app, namespace: "llm-platform-data" })),
    { app: "app", namespace: "tenant" },
    { app: "prometheus", namespace: "monitoring" },
    // By the name of one who may, from where nobody may.
    { app: "api", namespace: "elsewhere" },
];

const ports = [80, 443, 3001, 3002, 5432, 6379, 6380, 8080, 8443, 9443, 50051];

let policies: readonly Policy[];

beforeAll(async () => {
    const { resources } = await madePlatform();
    policies = resources
        .filter(({ type }) => type.endsWith(":NetworkPolicy"))
        .map(({ inputs }) => inputs as unknown as Policy);
});

const selects = ({ matchLabels = {} }: Selector, labels: Readonly<Record<string, string>>) =>
    Object.entries(matchLabels).every(([name, value]) => labels[name] === value);

const isPeer = (peer: Peer, pod: Pod, namespace: string): boolean =>
    (peer.namespaceSelector === undefined
        ? pod.namespace === namespace
        : selects(peer.namespaceSelector, { "kubernetes.io/metadata.name": pod.namespace })) &&
    (peer.podSelector === undefined || selects(peer.podSelector, { app: pod.app }));

/** What one end allows, as Kubernetes defines it; a pod that no policy selects may do anything. */
function allows(direction: "ingress" | "egress", self: Pod, other: Pod, port: number): boolean {
    const applying = policies.filter(
        ({ metadata, spec }) =>
            metadata.namespace === self.namespace && selects(spec.podSelector, { app: self.app }),
    );
    if (applying.length === 0) return true;
    return applying.some(({ spec, metadata }) =>
        (spec[direction] ?? []).some((rule) => {
            const peers = direction === "ingress" ? rule.from : rule.to;
            const named =
                peers === undefined ||
                peers.some((peer) => isPeer(peer, other, metadata.namespace));
            return named && rule.ports.some((one) => one.port === port && one.protocol === "TCP");
        }),
    );
}

const name = ({ app, namespace }: Pod) =>
    namespace === "llm-platform" ? app : `${namespace}/${app}`;

it("lets pass these flows between pods and no other (simulated: the objects are judged, not a network)", () => {
    const flows = pods.flatMap((from) =>
        pods.flatMap((to) =>
            ports
                .filter(
                    (port) => allows("egress", from, to, port) && allows("ingress", to, from, port),
                )
                .filter(
                    () =>
                        from !== to &&
                        policies.some(({ metadata }) => metadata.namespace === to.namespace),
                )
                .map((port) => `${name(from)} -> ${name(to)}:${port}`),
        ),
    );
    expect(flows).toEqual([
        "gateway -> api:3001",
        "gateway -> tracer:3002",
        "api -> agent-mesh:50051",
        "api -> llm-platform-data/postgres:5432",
        "api -> llm-platform-data/redis:6380",
        "verifier -> gateway:8080",
        "verifier -> gateway:8443",
        "verifier -> api:3001",
        "verifier -> agent-mesh:50051",
        "verifier -> tracer:3002",
        "verifier -> llm-platform-data/postgres:5432",
        "verifier -> llm-platform-data/redis:6380",
        "tenant/app -> gateway:8443",
        "tenant/app -> api:3001",
        "tenant/app -> agent-mesh:50051",
        "tenant/app -> tracer:3002",
        "tenant/app -> llm-platform-data/postgres:5432",
        "monitoring/prometheus -> gateway:8080",
        "monitoring/prometheus -> gateway:8443",
        "monitoring/prometheus -> gateway:9443",
        "monitoring/prometheus -> api:9443",
        "monitoring/prometheus -> agent-mesh:9443",
        "monitoring/prometheus -> tracer:9443",
        "monitoring/prometheus -> llm-platform-data/postgres:9443",
        "monitoring/prometheus -> llm-platform-data/redis:9443",
        "elsewhere/api -> gateway:8080",
        "elsewhere/api -> gateway:8443",
    ]);
});

it("lets no pod of the platform out to anybody else but DNS", () => {
    const away: Pod = { app: "any", namespace: "elsewhere" };
    const open = pods.flatMap((from) =>
        ports
            .filter((port) => allows("egress", from, away, port))
            .map((port) => `${name(from)}:${port}`),
    );
    expect(open.filter((one) => !/^(tenant|monitoring|elsewhere)\//.test(one))).toEqual([]);
});
