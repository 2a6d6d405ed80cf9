import * as fc from "fast-check";
import { formatGoDuration, parseGoDuration } from "../../../components/pki/goDuration";
import { checkRenewal, renewBeforeMinutes } from "../../../components/pki/renewal";

describe("a Go duration", () => {
    it.each([
        ["2160h", 2160],
        ["129600m", 2160],
        ["1h30m", 1.5],
        ["1.5h", 1.5],
        ["7776000s", 2160],
        ["3600000ms", 1],
        ["2159h59m60s", 2160],
    ])("%s is %d hours", (text, hours) => {
        expect(parseGoDuration(text)).toBe(hours);
    });

    it.each(["90d", "", "h", "2160", "1h 30m", "-1h", "+1h", "1.h", "1H", "1h30", " 1h", "1h\n"])(
        "is not %j",
        (text) => {
            expect(parseGoDuration(text)).toBeUndefined();
        },
    );

    it.each([
        [129_600, "2160h"],
        [46_993, "783h13m"],
        [59, "59m"],
        [60, "1h"],
    ])("%d minutes are written %s", (minutes, text) => {
        expect(formatGoDuration(minutes)).toBe(text);
    });

    it("is read as it was written", () => {
        fc.assert(
            fc.property(fc.integer({ min: 1, max: 200_000 }), (minutes) => {
                expect(parseGoDuration(formatGoDuration(minutes))).toBeCloseTo(minutes / 60, 9);
            }),
        );
    });
});

describe("a leaf's times", () => {
    it.each([
        [2160, 720],
        [1128, 376],
        [2, 1],
        [2160, 2159],
    ])("may be %d and %d hours", (lifetimeHours, renewBeforeHours) => {
        expect(() => {
            checkRenewal({ lifetimeHours, renewBeforeHours });
        }).not.toThrow();
    });

    it.each([
        [2400, 720, "[lifetimeHours] is 2400 (100 days); a leaf may live at most 2160 (90 days)"],
        [
            2160.5,
            720,
            "[lifetimeHours] is 2160.5 (90.02083333333333 days); a leaf may live at most 2160 (90 days)",
        ],
        [2160, 2160, "[renewBeforeHours] is 2160; allowed 1 to less than lifetimeHours, 2160"],
        [2160, 0, "[renewBeforeHours] is 0; allowed 1 to less than lifetimeHours, 2160"],
    ])("may not be %d and %d hours", (lifetimeHours, renewBeforeHours, message) => {
        expect(() => {
            checkRenewal({ lifetimeHours, renewBeforeHours });
        }).toThrow(new Error(message));
    });
});

describe("the jitter of a renewal", () => {
    const times = { lifetimeHours: 2160, renewBeforeHours: 720 };

    it("is the same for the same name, and another for another", () => {
        expect(renewBeforeMinutes("llm-platform/api-server", times)).toBe(51_051);
        expect(renewBeforeMinutes("llm-platform/gateway-server", times)).toBe(49_913);
    });

    it("never makes a rotation later, nor more than a tenth of its period earlier", () => {
        fc.assert(
            fc.property(
                fc.string(),
                fc.integer({ min: 2, max: 2160 }),
                fc.double({ min: 0, max: 1, noNaN: true }),
                (name, lifetimeHours, share) => {
                    const renewBeforeHours = Math.max(1, Math.floor(share * (lifetimeHours - 1)));
                    const before =
                        renewBeforeMinutes(name, { lifetimeHours, renewBeforeHours }) / 60;
                    expect(before).toBeGreaterThanOrEqual(renewBeforeHours);
                    expect(before).toBeLessThanOrEqual(
                        renewBeforeHours + (lifetimeHours - renewBeforeHours) / 10,
                    );
                },
            ),
        );
    });

    it("spreads the certificates of one environment", () => {
        const all = Array.from({ length: 200 }, (_, index) =>
            renewBeforeMinutes(`n/${index}`, times),
        );
        expect(new Set(all).size).toBeGreaterThan(190);
    });
});
