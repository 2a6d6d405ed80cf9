import {
    dueDay,
    firstOf,
    formatDay,
    generationName,
    intermediateAt,
    intermediateLifetimeHours,
    intermediatePeriodDays,
    intermediatesPerRoot,
    parseDay,
    requestDay,
    rootLifetimeHours,
    rootOf,
    trustDay,
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
    expect(intermediateAt(epoch, after(days))).toBe(intermediate);
    expect(rootOf(intermediate)).toBe(root);
    expect(formatDay(dueDay(epoch, intermediate + 1))).toBe(nextDue);
});

it("does not change within a day", () => {
    expect(intermediateAt(epoch, new Date(after(273).getTime() - 1))).toBe(1);
    expect(intermediateAt(epoch, new Date(after(273).getTime() + day - 1))).toBe(2);
});

it("refuses a day before the epoch", () => {
    expect(() => intermediateAt(epoch, after(-1))).toThrow(
        new Error("[asOf] is 2026-10-31; allowed 2026-11-01, the epoch, or later"),
    );
});

it("lets every certificate end before its issuer, in each month of 22 years", () => {
    for (let days = 0; days <= 365 * 22; days += 30) {
        const intermediate = intermediateAt(epoch, after(days));
        const root = rootOf(intermediate);
        const intermediateMade = (intermediate - 1) * intermediatePeriodDays;
        const intermediateEnds = intermediateMade + intermediateLifetimeHours / 24;
        const rootMade = (root - 1) * intermediatesPerRoot * intermediatePeriodDays;
        expect(intermediateMade).toBeLessThanOrEqual(days);
        expect(intermediateEnds - days).toBeGreaterThan(leafLifetimeLimitHours / 24);
        expect(rootMade + rootLifetimeHours / 24).toBeGreaterThan(intermediateEnds);
    }
});

it("trusts a root before it requests the first intermediate of it, and requests that before it is due", () => {
    expect([1, 2, 3].map(firstOf)).toEqual([1, 13, 25]);
    expect(formatDay(trustDay(epoch, 2))).toBe("2035-07-23");
    expect(formatDay(requestDay(epoch, 13))).toBe("2035-08-22");
    expect(formatDay(dueDay(epoch, 13))).toBe("2035-10-21");
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
