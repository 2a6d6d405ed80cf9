import * as fc from "fast-check";
import {
    assignAddresses,
    connectFlags,
    localPortCandidates,
    renderHosts,
    targetsOf,
    type LoadBalancer,
} from "../../lab/cluster/edge/forwardTable";

const pool = ["10.0.0.1", "10.0.0.2", "10.0.0.3"];
const service = (
    name: string,
    address?: string,
    more: Partial<LoadBalancer> = {},
): LoadBalancer => ({
    namespace: "n",
    name,
    address,
    hosts: [`${name}.example`],
    ports: [{ port: 443, protocol: "TCP" }],
    ...more,
});
const addresses = (services: readonly LoadBalancer[]): (string | undefined)[] =>
    services.map(({ address }) => address);

describe("addresses", () => {
    it("go to the first that has none, and stay where they are", () => {
        expect(
            addresses(
                assignAddresses([service("a"), service("b", "10.0.0.1"), service("c")], pool),
            ),
        ).toEqual(["10.0.0.2", "10.0.0.1", "10.0.0.3"]);
    });

    it("outside the pool are replaced", () => {
        expect(addresses(assignAddresses([service("a", "192.0.2.1")], pool))).toEqual(["10.0.0.1"]);
    });

    it("that run out are an error", () => {
        const four = ["a", "b", "c", "d"].map((name) => service(name));
        expect(() => assignAddresses(four, pool)).toThrow(
            "all 3 load balancer addresses are taken; n/d gets none",
        );
    });

    it("are distinct, from the pool, and kept by a second pass", () => {
        const before = fc.array(
            fc.option(fc.constantFrom(...pool, "192.0.2.1"), { nil: undefined }),
            { maxLength: 3 },
        );
        fc.assert(
            fc.property(before, (given) => {
                const once = assignAddresses(
                    given.map((address, index) => service(String(index), address)),
                    pool,
                );
                expect(new Set(addresses(once)).size).toBe(given.length);
                expect(pool).toEqual(expect.arrayContaining(addresses(once)));
                expect(assignAddresses(once, pool)).toEqual(once);
            }),
        );
    });
});

describe("local ports", () => {
    it("follow the port of the Service", () => {
        expect(localPortCandidates(443, undefined, new Set()).slice(0, 2)).toEqual([30443, 30444]);
    });

    it("begin with the one that it had", () => {
        expect(localPortCandidates(443, 31000, new Set()).slice(0, 2)).toEqual([31000, 30443]);
    });

    it("leave out what another forward has", () => {
        expect(localPortCandidates(443, 31000, new Set([31000, 30443]))[0]).toBe(30444);
    });

    it("lie below the ports that the kernel hands out, for every port", () => {
        fc.assert(
            fc.property(fc.integer({ min: 1, max: 65535 }), (port) => {
                for (const candidate of localPortCandidates(port, undefined, new Set())) {
                    expect(candidate).toBeGreaterThanOrEqual(30000);
                    expect(candidate).toBeLessThan(32768);
                }
            }),
        );
    });
});

it("a Service gives a target for each port, once it has an address", () => {
    const ports = [
        { port: 443, protocol: "TCP" },
        { port: 500, protocol: "UDP" },
    ] as const;
    expect(targetsOf([service("a", "10.0.0.1", { ports }), service("b")])).toEqual([
        {
            service: "n/a",
            hosts: ["a.example"],
            target: { protocol: "TCP", address: "10.0.0.1", port: 443 },
        },
        {
            service: "n/a",
            hosts: ["a.example"],
            target: { protocol: "UDP", address: "10.0.0.1", port: 500 },
        },
    ]);
});

it("connect flags name every host of every TCP port", () => {
    const target = { protocol: "TCP", address: "10.0.0.1", port: 443 } as const;
    const forwards = [
        { service: "n/a", hosts: ["a.example", "b.example"], target, localPort: 30443 },
        {
            service: "n/v",
            hosts: ["v.example"],
            target: { ...target, protocol: "UDP" } as const,
            localPort: 30500,
        },
    ];
    expect(connectFlags(forwards)).toEqual([
        "--connect a.example:443=127.0.0.1:30443",
        "--connect b.example:443=127.0.0.1:30443",
    ]);
});

it("the hosts file leads each name to its load balancer", () => {
    const two = service("b", "10.0.0.2", { hosts: ["b.example", "c.example"] });
    expect(renderHosts([two, service("a", "10.0.0.1"), service("none")])).toBe(
        "10.0.0.1 a.example\n10.0.0.2 b.example\n10.0.0.2 c.example\n",
    );
});
