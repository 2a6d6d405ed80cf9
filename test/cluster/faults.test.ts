import { setTimeout as sleep } from "node:timers/promises";
import { killPod, podsOf, type Pod } from "./harness/faults";
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

/** Kills each pod that serves a hop, one after the other, under load. @returns moments of the kills, as `Date.now()` has them */
async function killEach(name: HopName, hop: Hop): Promise<number[]> {
    const load = new Load(hop, settings);
    const kills: number[] = [];
    const recovered: string[] = [];
    try {
        await sleep(2 * settings.rampMs);
        for (const pod of await podsOf(platform, serversOf(platform)[name])) {
            const moment = performance.now();
            kills.push(Date.now());
            killPod(pod);
            await sleep(nextSuccessWithinMs);
            const [longest = Infinity] = load.nextSuccessAfter(moment);
            recovered.push(`${pod.name}: next success after at most ${longest.toFixed(0)} ms`);
            expect(longest).toBeLessThanOrEqual(nextSuccessWithinMs);
            await readyAgain(name, pod);
        }
    } finally {
        report([await load.stop()], recovered);
    }
    return kills;
}

const readyAgain = (name: HopName, { name: pod, uid }: Pod): Promise<true> =>
    eventually(`readiness of ${pod} again`, 120_000, async () => {
        const now = await podsOf(platform, serversOf(platform)[name]);
        return now.find((it) => it.uid === uid)?.ready === true || undefined;
    });

it.each(["gateway", "api", "agentMesh", "tracer"] as const)(
    "every client of %s finds back when a pod is killed",
    async (name) => {
        expect(await killEach(name, open.hops[name])).toHaveLength(2);
    },
    10 * 60_000,
);

it(
    "PostgreSQL has every acknowledged row when its pod was killed",
    async () => {
        const { postgres } = open.hops;
        await killEach("postgres", postgres);
        expect(postgres.acknowledged.length).toBeGreaterThan(1000);
        expect(await postgres.lost()).toEqual([]);
    },
    10 * 60_000,
);

it(
    "Redis has every acknowledged value but those of the last second when its pod was killed",
    async () => {
        const { redis } = open.hops;
        const [killed = 0] = await killEach("redis", redis);
        const before = killed - redisMayLoseMs;
        expect(redis.written.filter(({ at }) => at < before).length).toBeGreaterThan(100);
        expect(await redis.lost(before)).toEqual([]);
    },
    10 * 60_000,
);
