/** Nanoseconds by the unit's name, with both signs for micro. */
const units: Readonly<Record<string, bigint>> = {
    ns: 1n,
    us: 1_000n,
    "\u00b5s": 1_000n,
    "\u03bcs": 1_000n,
    ms: 1_000_000n,
    s: 1_000_000_000n,
    m: 60_000_000_000n,
    h: 3_600_000_000_000n,
};

export const hours = (count: number): bigint => BigInt(count) * (units.h ?? 0n);

export const minutes = (count: number): bigint => BigInt(count) * (units.m ?? 0n);

/** No honest duration is as long. */
const longestText = 200;

const largest = 2n ** 63n - 1n;

/**
 * Reads a duration as Go does, in nanoseconds; nothing if Go would not read it. There is no unit for a day: `90d` is not a duration.
 *
 * @see https://pkg.go.dev/time#ParseDuration
 */
export function parseGoDuration(text: string): bigint | undefined {
    if (text.length > longestText) return undefined;
    const [, sign, body = ""] = /^([-+]?)(.*)$/s.exec(text) ?? [];
    if (body === "0") return 0n;
    if (!/^((\d+(\.\d*)?|\.\d+)(ns|us|\u00b5s|\u03bcs|ms|s|m|h))+$/.test(body)) return undefined;
    let total = 0n;
    for (const [, number = "", unit = ""] of body.matchAll(/([\d.]+)([^\d.]+)/g)) {
        total += nanoseconds(number, units[unit] ?? 0n);
    }
    if (total > largest) return undefined;
    return sign === "-" ? -total : total;
}

/** A fraction of a nanosecond is dropped. */
function nanoseconds(number: string, unit: bigint): bigint {
    const [whole = "", fraction = ""] = number.split(".");
    const digits = fraction.slice(0, 18);
    const part = digits === "" ? 0n : (BigInt(digits) * unit) / 10n ** BigInt(digits.length);
    return BigInt(whole === "" ? 0 : whole) * unit + part;
}
