import {
    formatDay,
    generationName,
    generationsAt,
    intermediateLifetimeHours,
    parseDay,
    rootOf,
    type Generations,
} from "../components/pki/generations";
import type { LastUp } from "./lastUp";
import { wrong } from "./shown";

export interface PkiClock {
    /** Day from which generations are counted. */
    readonly epoch: string;
    /** Day that config names; without one the clock decides. */
    readonly asOf: string | undefined;
    readonly now: Date;
    readonly leafLifetimeHours: number;
    readonly last: LastUp | undefined;
}

/** The day for which an environment is built, and what issues on it. */
export interface PkiDue extends Generations {
    readonly asOf: string;
}

const hourMilliseconds = 3_600_000;

/** What is due, or one line for each reason why it cannot be done. */
export function pkiDue(clock: PkiClock): PkiDue | { readonly errors: readonly string[] } {
    const asOf = clock.asOf ?? formatDay(clock.now);
    const value = clock.asOf ?? `not set, which means today, ${asOf}`;
    const error = (allowed: string, fix: string) => ({
        errors: [wrong("pki.asOf", value, allowed, fix)],
    });
    // Days compare as texts.
    if (asOf < clock.epoch)
        return error(`${clock.epoch}, which is pki.epoch, or later`, "correct one of the two");
    if (clock.last && asOf < clock.last.asOf)
        return error(
            `${clock.last.asOf}, where the stack's state stands, or later`,
            `write ${clock.last.asOf} or later`,
        );
    const generations = generationsAt(dayOf(clock.epoch), dayOf(asOf));
    if (clock.last && rootOf(clock.last.generation) !== generations.root)
        return error(
            `a day of ${generationName("workload-root", rootOf(clock.last.generation))}`,
            "build a new environment: this version cannot replace a root that is trusted",
        );
    const { expires, fix } = issuerOf(generations, clock);
    const left = expires.getTime() - Math.max(clock.now.getTime(), dayOf(asOf).getTime());
    if (left < clock.leafLifetimeHours * hourMilliseconds)
        return error(
            `a day on which ${generationName("workload-ca", generations.intermediate)}, which ends ${formatDay(expires)}, still outlives a leaf of ${clock.leafLifetimeHours}h`,
            fix,
        );
    return { asOf, ...generations };
}

/** An intermediate that is there ends when its certificate says; one that this `up` makes lives from now on. */
function issuerOf(
    { intermediate, nextDue }: Generations,
    { last, now, asOf }: PkiClock,
): { readonly expires: Date; readonly fix: string } {
    const remove = "write an earlier day or remove it";
    if (last?.generation !== intermediate) {
        const expires = new Date(now.getTime() + intermediateLifetimeHours * hourMilliseconds);
        return { expires, fix: remove };
    }
    const fix =
        asOf === undefined || asOf > formatDay(now)
            ? `write ${nextDue}, when its successor is due`
            : "remove it, so that its successor can take over";
    return { expires: last.expires, fix };
}

function dayOf(text: string): Date {
    const day = parseDay(text);
    if (day === undefined) throw new Error(`${text} is not a day YYYY-MM-DD`);
    return day;
}
