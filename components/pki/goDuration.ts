const units: Readonly<Record<string, number>> = {
    h: 3_600_000_000_000,
    m: 60_000_000_000,
    s: 1_000_000_000,
    ms: 1_000_000,
    us: 1_000,
    µs: 1_000,
    ns: 1,
};

const part = /(\d+(?:\.\d+)?)(h|ms|m|s|us|µs|ns)/gy;

/**
 * Length of time in hours, as Go and so cert-manager read it: "2160h", "129600m", "1h30m". There is no unit for days.
 *
 * @returns undefined for what Go would refuse, and for a negative length
 * @see https://pkg.go.dev/time#ParseDuration
 */
export function parseGoDuration(text: string): number | undefined {
    const parts = [...text.matchAll(part)];
    if (parts.length === 0 || parts.map(([whole]) => whole).join("") !== text) return undefined;
    const nanoseconds = parts.reduce(
        (sum, [, amount, unit]) => sum + Number(amount) * (units[unit ?? ""] ?? Number.NaN),
        0,
    );
    return nanoseconds / 3_600_000_000_000;
}

/** Whole minutes as Go writes them, without the parts that are zero: "2160h", "783h13m". */
export function formatGoDuration(minutes: number): string {
    const hours = Math.floor(minutes / 60);
    const rest = minutes % 60;
    if (hours === 0) return `${rest}m`;
    return rest === 0 ? `${hours}h` : `${hours}h${rest}m`;
}
