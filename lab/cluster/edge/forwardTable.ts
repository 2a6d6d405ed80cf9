import type { Target } from "./target";

/** What the table needs to know of a Service of type LoadBalancer. */
export interface LoadBalancer {
    readonly namespace: string;
    readonly name: string;
    /** Address that was given to it; undefined while it has none. */
    readonly address: string | undefined;
    /** Names that clients outside know it by. */
    readonly hosts: readonly string[];
    readonly ports: readonly { readonly port: number; readonly protocol: "TCP" | "UDP" }[];
}

/** One port of one load balancer, and the port of 127.0.0.1 that leads to it. */
export interface Forward {
    readonly service: string;
    readonly hosts: readonly string[];
    readonly target: Target;
    readonly localPort: number;
}

/** 443 is tried at 30443, 80 at 30080: below the ports that the kernel hands out, above those that need rights. */
const LOCAL_BASE = 30_000;
const LOCAL_SPAN = 2_700;

/**
 * Gives each Service without a valid address the first free one; a Service keeps what it has.
 *
 * @throws if the pool is used up
 */
export function assignAddresses(
    services: readonly LoadBalancer[],
    pool: readonly string[],
): LoadBalancer[] {
    const taken = new Set<string>();
    const keeps = services.map(({ address }) => {
        const keep = address !== undefined && pool.includes(address) && !taken.has(address);
        if (keep) taken.add(address);
        return keep;
    });
    return services.map((service, index) => {
        if (keeps[index] === true) return service;
        const address = pool.find((candidate) => !taken.has(candidate));
        if (address === undefined) {
            throw new Error(
                `all ${pool.length} load balancer addresses are taken; ${service.namespace}/${service.name} gets none`,
            );
        }
        taken.add(address);
        return { ...service, address };
    });
}

/**
 * Ports of 127.0.0.1 to try for a target, best first: the one that it had, then the one that its port suggests, then those after it.
 *
 * @param taken ports that other forwards of the table have
 */
export function localPortCandidates(
    port: number,
    previous: number | undefined,
    taken: ReadonlySet<number>,
): number[] {
    const suggested = Array.from(
        { length: 50 },
        (_, index) => LOCAL_BASE + ((port + index) % LOCAL_SPAN),
    );
    const candidates = previous === undefined ? suggested : [previous, ...suggested];
    return [...new Set(candidates)].filter((candidate) => !taken.has(candidate));
}

/** Targets of all Services, each named `namespace/name`. */
export function targetsOf(services: readonly LoadBalancer[]): Omit<Forward, "localPort">[] {
    return services.flatMap(({ namespace, name, address, hosts, ports }) =>
        address === undefined
            ? []
            : ports.map(({ port, protocol }) => ({
                  service: `${namespace}/${name}`,
                  hosts,
                  target: { protocol, address, port },
              })),
    );
}

/** Flags for the verifier and for curl-like clients: `HOST:PORT=127.0.0.1:PORT`, one for each host name and TCP port. */
export function connectFlags(forwards: readonly Forward[]): string[] {
    const stream = forwards.filter((forward) => forward.target.protocol === "TCP");
    return stream.flatMap(({ hosts, target, localPort }) =>
        hosts.map((host) => `--connect ${host}:${target.port}=127.0.0.1:${localPort}`),
    );
}

/** The hosts file that CoreDNS answers from: each name leads to its Service's load balancer. */
export function renderHosts(services: readonly LoadBalancer[]): string {
    const lines = services.flatMap(({ address, hosts }) =>
        address === undefined ? [] : hosts.map((host) => `${address} ${host}\n`),
    );
    return lines.sort().join("");
}
