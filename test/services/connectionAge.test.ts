import fc from "fast-check";
import { connectionSchedule } from "../../services/tls/connectionAge";

const openedAt = new Date("2026-11-24T00:00:00Z");
const after = (seconds: number) => new Date(openedAt.getTime() + seconds * 1000);

it.each([
    [
        "its age",
        { peer: 86_400, age: 3600, random: 0.5 },
        { retireMs: 3_590_000, endMs: 3_600_000, reason: "age" },
    ],
    [
        "a tenth early",
        { peer: 86_400, age: 3600, random: 0 },
        { retireMs: 3_230_000, endMs: 3_240_000, reason: "age" },
    ],
    [
        "most of a tenth late",
        { peer: 86_400, age: 3600, random: 0.75 },
        { retireMs: 3_770_000, endMs: 3_780_000, reason: "age" },
    ],
    [
        "the peer's end",
        { peer: 600, age: 3600, random: 0.5 },
        { retireMs: 590_000, endMs: 600_000, reason: "peer_expired" },
    ],
    [
        "a short age",
        { peer: 600, age: 1, random: 0.5 },
        { retireMs: 900, endMs: 1_000, reason: "age" },
    ],
    [
        "a peer that ended before",
        { peer: -1, age: 3600, random: 0.5 },
        { retireMs: 0, endMs: 0, reason: "peer_expired" },
    ],
])("ends a connection at %s", (_case, { peer, age, random }, expected) => {
    const question = { openedAt, peerNotAfter: after(peer), maxAgeSeconds: age, random };
    expect(connectionSchedule(question)).toEqual({ ...expected, cutMs: expected.endMs + 5_000 });
});

it("never outlives the peer's certificate or the age, and gives notice first", () => {
    const seconds = fc.integer({ min: 1, max: 86_400 });
    fc.assert(
        fc.property(
            seconds,
            seconds,
            fc.double({ min: 0, max: 1, noNaN: true }),
            (peer, age, random) => {
                const question = {
                    openedAt,
                    peerNotAfter: after(peer),
                    maxAgeSeconds: age,
                    random,
                };
                const { retireMs, endMs, cutMs } = connectionSchedule(question);
                expect(endMs).toBeLessThanOrEqual(Math.min(peer * 1000, age * 1100 + 1));
                expect(retireMs).toBeLessThan(endMs);
                expect(endMs - retireMs).toBeLessThanOrEqual(10_000);
                // What a Node timer can wait for.
                expect(cutMs).toBeLessThan(2 ** 31);
            },
        ),
    );
});
