import type * as k8s from "@pulumi/kubernetes";
import {
    allow,
    podsOf,
    podsOfNamespace,
    toClusterDns,
    type Flow,
} from "../kubernetes/networkPolicy";
import { identityOf } from "../pki/names";

type NetworkPolicySpec = k8s.types.input.networking.v1.NetworkPolicySpec;

/** One way from a workload to another. Each end is opened by whom it belongs to: a tenant's entry opens the tenant's end alone. */
export interface TenantFlowArgs {
    /** Identity that calls, `<service>.<namespace>.svc`. */
    from: string;
    /** Identity that is called. */
    to: string;
    /** Port of the called pods, TCP, 1024 to 65535. */
    port: number;
}

/** Name of the policy that lets every pod ask for names. */
export const dnsPolicy = "allow-dns";

/** Pods may ask the cluster's DNS, whatever else they may not. */
export const allowDns: NetworkPolicySpec = {
    podSelector: {},
    policyTypes: ["Egress"],
    egress: [toClusterDns],
};

/**
 * What one namespace lets in and out, by the name of its NetworkPolicy: nothing but names, and what `allows` names.
 *
 * @throws an error that names the argument, if an end is no identity, a port is out of bounds, or neither end is the tenant's own
 */
export function namespaceFlows(
    namespace: string,
    {
        namespaces,
        allows,
    }: { readonly namespaces: readonly string[]; readonly allows: readonly TenantFlowArgs[] },
): Readonly<Record<string, NetworkPolicySpec>> {
    const flows = allows.map((one) => checkedFlow(one, namespaces));
    const services = flows
        .flatMap(({ from, to }) => [from, to])
        .filter((end) => end.namespace === namespace)
        .map(({ service }) => service);
    return Object.fromEntries(
        [...new Set(services)]
            .sort()
            .map((service) => [
                `allow-${service}`,
                allow(service, serviceFlows({ service, namespace }, flows)),
            ]),
    );
}

interface End {
    readonly service: string;
    readonly namespace: string;
}

interface CheckedFlow {
    readonly from: End;
    readonly to: End;
    readonly port: number;
}

const serviceFlows = (self: End, flows: readonly CheckedFlow[]) => ({
    ingress: merged(
        flows.filter(({ to }) => isSame(to, self)).map(({ from, port }) => ({ end: from, port })),
        self,
    ),
    egress: merged(
        flows.filter(({ from }) => isSame(from, self)).map(({ to, port }) => ({ end: to, port })),
        self,
    ),
});

/** One rule a peer, whatever the order of `allows`. */
function merged(ways: readonly { readonly end: End; readonly port: number }[], self: End): Flow[] {
    const byPeer = new Map<string, { readonly end: End; readonly ports: Set<number> }>();
    for (const { end, port } of ways) {
        const key = identityOf(end.service, end.namespace);
        const peer = byPeer.get(key) ?? { end, ports: new Set<number>() };
        byPeer.set(key, { end, ports: peer.ports.add(port) });
    }
    return [...byPeer.entries()]
        .sort(([a], [b]) => (a < b ? -1 : 1))
        .map(([, { end, ports }]) => ({
            peers: [
                end.namespace === self.namespace
                    ? podsOf(end.service)
                    : podsOfNamespace(end.service, end.namespace),
            ],
            ports: [...ports].sort((a, b) => a - b),
        }));
}

const isSame = (a: End, b: End): boolean => a.service === b.service && a.namespace === b.namespace;

function checkedFlow(flow: TenantFlowArgs, namespaces: readonly string[]): CheckedFlow {
    const [from, to] = [end("from", flow.from), end("to", flow.to)];
    if (!Number.isInteger(flow.port) || flow.port < 1024 || flow.port > 65_535)
        throw new Error(
            `[allows.port] is ${flow.port}; allowed 1024 to 65535, the port of the pods`,
        );
    if (!namespaces.includes(from.namespace) && !namespaces.includes(to.namespace))
        throw new Error(
            `[allows] has ${flow.from} to ${flow.to}; allowed flows of which one end is in ${namespaces.join(", ")}`,
        );
    return { from, to, port: flow.port };
}

function end(argument: string, identity: string): End {
    const [service, namespace, svc, ...rest] = identity.split(".");
    if (!service || !namespace || svc !== "svc" || rest.length > 0)
        throw new Error(
            `[allows.${argument}] is ${JSON.stringify(identity)}; allowed an identity <service>.<namespace>.svc`,
        );
    identityOf(service, namespace);
    return { service, namespace };
}
