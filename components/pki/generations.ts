/** Life of a root, ten years. */
export const rootLifetimeHours = 87_600;

/** Life of an intermediate, one year. */
export const intermediateLifetimeHours = 8_760;

/** An intermediate issues for so long that every leaf of at most 90 days ends before it: 365 - 273 = 92 days are left. */
export const intermediatePeriodDays = 273;

/** Intermediates of one root: the last one begins 3,003 days after its root and ends 282 days before it. */
export const intermediatesPerRoot = 12;

/** What issues on a day. Generations are counted from 1. */
export interface Generations {
    readonly root: number;
    readonly intermediate: number;
    /** Day on which the next intermediate is due, `YYYY-MM-DD`. */
    readonly nextDue: string;
}

const dayMilliseconds = 86_400_000;

/** Midnight UTC of a day `YYYY-MM-DD`, or undefined for what is none. */
export function parseDay(text: string): Date | undefined {
    if (!/^\d{4}-\d{2}-\d{2}$/.test(text)) return undefined;
    const day = new Date(`${text}T00:00:00Z`);
    // The 31st of February is read as a day in March.
    return !Number.isNaN(day.getTime()) && formatDay(day) === text ? day : undefined;
}

/** The day of a point in time in UTC, `YYYY-MM-DD`. */
export const formatDay = (time: Date): string => time.toISOString().slice(0, 10);

/**
 * Which generations issue on a day. It depends on nothing else, so that two previews on one day agree.
 *
 * @throws an error, if the day is before the epoch
 */
export function generationsAt(epoch: Date, asOf: Date): Generations {
    const days = Math.floor((asOf.getTime() - epoch.getTime()) / dayMilliseconds);
    if (days < 0)
        throw new Error(
            `[asOf] is ${formatDay(asOf)}; allowed ${formatDay(epoch)}, the epoch, or later`,
        );
    const intermediate = Math.floor(days / intermediatePeriodDays) + 1;
    const due = epoch.getTime() + intermediate * intermediatePeriodDays * dayMilliseconds;
    return { root: rootOf(intermediate), intermediate, nextDue: formatDay(new Date(due)) };
}

/** Generation of the root that signs an intermediate. */
export const rootOf = (intermediate: number): number =>
    Math.ceil(intermediate / intermediatesPerRoot);

/** Name of a generation, for example `workload-ca-g3`. */
export const generationName = (name: string, generation: number): string =>
    `${name}-g${generation}`;
