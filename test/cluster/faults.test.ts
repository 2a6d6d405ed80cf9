import { killPod, podsOf } from "./harness/faults";
import type { Hop } from "./harness/hop";
import { openHops, serversOf, type HopName, type OpenHops } from "./harness/hops/platformHops";
import { Load, report } from "./harness/load";
import { connectPlatform, eventually, type Platform } from "./harness/platform";

/** Every pod is killed once, without warning, under load. Its clients find back by themselves, and lose nothing. */
const settings = { connections: 200, rate: 100, rampMs: 5_000 };
const nextSuccessWithinMs = 30_000;
/** What Redis may lose of what it has acknowledged: it syncs to disk every second. */
const redisMayLoseMs = 1_000;

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

/** Kills each pod that serves a hop, one after the other. @returns moments of the kills, as `Date.now()` has them */
async function killEach(name: HopName, hops: readonly Hop[]): Promise<number[]> {
    const server = serversOf(platform)[name];
    const loads = hops.map((hop) => new Load(hop, settings));
    await new Promise((resolve) => setTimeout(resolve, 2 * settings.rampMs));
    const kills: number[] = [];
    const recovered: string[] = [];
    for (const pod of await podsOf(platform, server)) {
        const moment = performance.now();
        kills.push(Date.now());
        killPod(pod);
        await new Promise((resolve) => setTimeout(resolve, nextSuccessWithinMs));
        for (const load of loads) {
            const [longest = Infinity] = load.nextSuccessAfter(moment);
            recovered.push(`${pod.name}: next success after at most ${longest.toFixed(0)} ms`);
            expect(longest).toBeLessThanOrEqual(nextSuccessWithinMs);
        }
        await eventually(`readiness of ${pod.name} again`, 60_000, async () => {
            const now = await podsOf(platform, server);
            return now.find(({ uid }) => uid === pod.uid)?.ready === true || undefined;
        });
    }
    report(await Promise.all(loads.map((load) => load.stop())), recovered);
    return kills;
}

const clientsOf: readonly [HopName, () => readonly Hop[]][] = [
    ["gateway", () => [open.hops.gateway]],
    ["api", () => [open.hops.api]],
    ["agentMesh", () => [open.hops.agentMesh]],
    ["tracer", () => [open.hops.tracer]],
];

it.each(clientsOf)(
    "every client of %s finds back when a pod is killed",
    async (name, hops) => {
        expect((await killEach(name, hops())).length).toBe(2);
    },
    10 * 60_000,
);

it(
    "PostgreSQL has every acknowledged row when its pod was killed",
    async () => {
        const { postgres } = open.hops;
        await killEach("postgres", [postgres]);
        expect(postgres.acknowledged.length).toBeGreaterThan(1000);
        expect(await postgres.lost()).toEqual([]);
    },
    10 * 60_000,
);

it(
    "Redis has every acknowledged value but those of the last second when its pod was killed",
    async () => {
        const { redis } = open.hops;
        const [killed = 0] = await killEach("redis", [redis]);
        const before = killed - redisMayLoseMs;
        expect(redis.written.filter(({ at }) => at < before).length).toBeGreaterThan(100);
        expect(await redis.lost(before)).toEqual([]);
    },
    10 * 60_000,
);
