import { setTimeout as sleep } from "node:timers/promises";
import type { Hop } from "./harness/hop";
import {
    openHops,
    recordHop,
    serversOf,
    type HopName,
    type OpenHops,
} from "./harness/hops/platformHops";
import { Load, report, tally } from "./harness/load";
import { connectPlatform, renew, servesWhatIsIssued, type Platform } from "./harness/platform";

/** Renewals of each leaf under load. */
const renewals = 5;
const settings = { connections: 200, rate: 60, rampMs: 10_000 };

let platform: Platform;
let open: OpenHops;

beforeAll(async () => {
    platform = await connectPlatform();
    open = await openHops(platform);
    await open.hops.postgres.prepare();
});

afterAll(async () => {
    await open.hops.postgres.clear();
    await open.close();
});

/** Renews a leaf as often as the issue asks, and each time waits until the hop serves the new one. Seconds it took, each. */
async function renewServer(name: HopName): Promise<string> {
    const hop = open.hops[name];
    const server = serversOf(platform)[name];
    const seconds: string[] = [];
    for (let count = 0; count < renewals; count += 1) {
        await renew(platform, server);
        const since = Date.now();
        await servesWhatIsIssued(platform, hop, server);
        seconds.push(((Date.now() - since) / 1000).toFixed(1));
    }
    return `${hop.name}: new leaf served after ${seconds.join(", ")} s`;
}

/** A client's leaf is served nowhere: it is renewed at the pace at which the kubelet brings it to the pod. */
async function renewClient(secret: string): Promise<string> {
    const { namespace } = platform;
    for (let count = 0; count < renewals; count += 1) {
        await renew(platform, { namespace, secret });
        await sleep(15_000);
    }
    return `${secret}: renewed ${renewals} times`;
}

interface Rotation {
    readonly what: string;
    readonly servers: readonly HopName[];
    readonly clients: readonly string[];
    /** Under load meanwhile. */
    readonly hops: () => Promise<readonly Hop[]> | readonly Hop[];
}

const rotations: readonly Rotation[] = [
    {
        what: "the gateway",
        servers: ["gateway"],
        clients: ["gateway-client"],
        hops: () => [open.hops.gateway, open.hops.gatewayTracer],
    },
    {
        what: "the services",
        servers: ["api", "agentMesh", "tracer"],
        clients: [],
        hops: () => [open.hops.api, open.hops.agentMesh, open.hops.tracer],
    },
    {
        what: "the stores",
        servers: ["postgres", "redis"],
        clients: ["api-client"],
        hops: async () => [
            open.hops.postgres,
            open.hops.redis,
            await recordHop(platform, open.hops.api),
        ],
    },
];

/** nginx ends idle connections of HTTP when it reloads, and clients open new ones; nothing else has a reason to. */
const mayReconnect = (hop: Hop): boolean => hop === open.hops.gateway;

it.each(rotations)(
    "renews every leaf of $what five times under load: no request fails, no connection ends",
    async ({ servers, clients, hops }) => {
        const loaded = await hops();
        const loads = loaded.map((hop) => new Load(hop, settings));
        await sleep(settings.rampMs);
        const renewed = await Promise.all([
            ...servers.map(renewServer),
            ...clients.map(renewClient),
        ]);
        const reports = await Promise.all(loads.map((load) => load.stop()));
        report(reports, renewed);

        reports.forEach(({ requests, seconds, failures, reconnects }, index) => {
            expect(tally(failures)).toEqual({});
            expect(requests / seconds).toBeGreaterThanOrEqual(50);
            const hop = loaded[index];
            if (hop !== undefined && !mayReconnect(hop)) expect(reconnects).toBe(0);
        });
    },
    15 * 60_000,
);
