import {
    formatDay,
    generationName,
    generationsAt,
    intermediateLifetimeHours,
    intermediatePeriodDays,
    intermediatesPerRoot,
    parseDay,
    rootLifetimeHours,
    rootOf,
} from "../../../components/pki/generations";
import { leafLifetimeLimitHours } from "../../../components/pki/renewal";

const epoch = new Date("2026-11-01T00:00:00Z");
const day = 86_400_000;
const after = (days: number) => new Date(epoch.getTime() + days * day);

it.each([
    [0, 1, 1, "2027-08-01"],
    [23, 1, 1, "2027-08-01"],
    [272, 1, 1, "2027-08-01"],
    [273, 2, 1, "2028-04-30"],
    [545, 2, 1, "2028-04-30"],
    [546, 3, 1, "2029-01-28"],
    [365 * 5, 7, 1, "2032-01-25"],
    [273 * 12 - 1, 12, 1, "2035-10-21"],
    [273 * 12, 13, 2, "2036-07-20"],
    [365 * 11, 15, 2, "2038-01-17"],
])("on day %d intermediate %d of root %d issues, until %s", (days, intermediate, root, nextDue) => {
    expect(generationsAt(epoch, after(days))).toEqual({ root, intermediate, nextDue });
});

it("does not change within a day", () => {
    expect(generationsAt(epoch, new Date(after(273).getTime() - 1)).intermediate).toBe(1);
    expect(generationsAt(epoch, new Date(after(273).getTime() + day - 1)).intermediate).toBe(2);
});

it("refuses a day before the epoch", () => {
    expect(() => generationsAt(epoch, after(-1))).toThrow(
        new Error("[asOf] is 2026-10-31; allowed 2026-11-01, the epoch, or later"),
    );
});

it("lets every certificate end before its issuer, in each month of 22 years", () => {
    for (let days = 0; days <= 365 * 22; days += 30) {
        const { intermediate, root } = generationsAt(epoch, after(days));
        const intermediateMade = (intermediate - 1) * intermediatePeriodDays;
        const intermediateEnds = intermediateMade + intermediateLifetimeHours / 24;
        const rootMade = (root - 1) * intermediatesPerRoot * intermediatePeriodDays;
        expect(intermediateMade).toBeLessThanOrEqual(days);
        expect(intermediateEnds - days).toBeGreaterThan(leafLifetimeLimitHours / 24);
        expect(rootMade + rootLifetimeHours / 24).toBeGreaterThan(intermediateEnds);
        expect(rootOf(intermediate)).toBe(root);
    }
});

it("names a generation", () => {
    expect(generationName("workload-ca", 3)).toBe("workload-ca-g3");
});

describe("a day", () => {
    it.each(["2026-11-24", "2028-02-29"])("is %s", (text) => {
        const parsed = parseDay(text);
        expect(parsed && formatDay(parsed)).toBe(text);
    });

    it.each(["2027-02-29", "2026-13-01", "2026-11-24T00:00:00Z", "24.11.2026", "", "2026-1-1"])(
        "is not %j",
        (text) => {
            expect(parseDay(text)).toBeUndefined();
        },
    );
});
