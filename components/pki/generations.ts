/** Life of a root, ten years. */
export const rootLifetimeHours = 87_600;

/** Life of an intermediate, one year. */
export const intermediateLifetimeHours = 8_760;

/** An intermediate issues for so long that every leaf of at most 90 days ends before it: 365 - 273 = 92 days are left. */
export const intermediatePeriodDays = 273;

/** Intermediates of one root: the last one begins 3,003 days after its root and ends 282 days before it. */
export const intermediatesPerRoot = 12;

/** Days before an intermediate is due at which its key and request are made, if its root is signed with elsewhere. */
export const requestDays = 60;

/** Days before the first intermediate of a root is due at which the root is trusted: before that intermediate is requested. */
export const trustDays = 90;

/** Days after the last leaf of a root was issued at which the root is trusted no more: a leaf's 90, and the day itself. */
export const dropDays = 91;

/** An hour of `Date.getTime()`. */
export const hourMilliseconds = 3_600_000;

const dayMilliseconds = 24 * hourMilliseconds;

/** Midnight UTC of a day `YYYY-MM-DD`, or undefined for what is none. */
export function parseDay(text: string): Date | undefined {
    if (!/^\d{4}-\d{2}-\d{2}$/.test(text)) return undefined;
    const day = new Date(`${text}T00:00:00Z`);
    // The 31st of February is read as a day in March.
    return !Number.isNaN(day.getTime()) && formatDay(day) === text ? day : undefined;
}

/** The day of a point in time in UTC, `YYYY-MM-DD`. */
export const formatDay = (time: Date): string => time.toISOString().slice(0, 10);

/** The day some days after another. */
export const addDays = (day: Date, days: number): Date =>
    new Date(day.getTime() + days * dayMilliseconds);

/**
 * Generation of the intermediate that is due to issue on a day, counted from 1. It depends on nothing else, so that two previews on
 * one day agree.
 *
 * @throws an error, if the day is before the epoch
 */
export function intermediateAt(epoch: Date, asOf: Date): number {
    const days = Math.floor((asOf.getTime() - epoch.getTime()) / dayMilliseconds);
    if (days < 0)
        throw new Error(
            `[asOf] is ${formatDay(asOf)}; allowed ${formatDay(epoch)}, the epoch, or later`,
        );
    return Math.floor(days / intermediatePeriodDays) + 1;
}

/** Day from which an intermediate is due to issue. */
export const dueDay = (epoch: Date, intermediate: number): Date =>
    addDays(epoch, (intermediate - 1) * intermediatePeriodDays);

/** Day from which an intermediate is requested, where its root is on another machine. */
export const requestDay = (epoch: Date, intermediate: number): Date =>
    addDays(dueDay(epoch, intermediate), -requestDays);

/** Day from which a root is trusted, before anything of it issues. */
export const trustDay = (epoch: Date, root: number): Date =>
    addDays(dueDay(epoch, firstOf(root)), -trustDays);

/** The first intermediate that a root signs. */
export const firstOf = (root: number): number => (root - 1) * intermediatesPerRoot + 1;

/** Generation of the root that signs an intermediate. */
export const rootOf = (intermediate: number): number =>
    Math.ceil(intermediate / intermediatesPerRoot);

/** Name of a generation, for example `workload-ca-g3`. */
export const generationName = (name: string, generation: number): string =>
    `${name}-g${generation}`;
