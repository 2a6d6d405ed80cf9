import { setTimeout as sleep } from "node:timers/promises";
import { Load, report, tally } from "./harness/load";
import { hopNames, openHops, type OpenHops } from "./harness/hops/platformHops";
import { connectPlatform } from "./harness/platform";

/** Two hundred connections to each hop in turn, for a minute after the last of them was opened. */
const settings = { connections: 200, rate: 100, rampMs: 5_000 };
const lastingMs = settings.rampMs + 60_000;

let open: OpenHops;

beforeAll(async () => {
    open = await openHops(await connectPlatform());
    await open.hops.postgres.prepare();
});

afterAll(async () => {
    await open.hops.postgres.clear();
    await open.close();
});

it.each(hopNames)("%s answers fifty requests a second, and every one of them", async (name) => {
    const load = new Load(open.hops[name], settings);
    await sleep(lastingMs);
    const measured = await load.stop();
    report([measured]);

    expect(tally(measured.failures)).toEqual({});
    expect(measured.seconds).toBeGreaterThanOrEqual(lastingMs / 1000);
    expect(measured.requests / measured.seconds).toBeGreaterThanOrEqual(50);
});
