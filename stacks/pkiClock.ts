import { formatDay, parseDay } from "../components/pki/generations";
import type { RootMode } from "../components/pki/hierarchy";
import type { LastUp } from "./lastUp";
import { wrong } from "./shown";

/** What it follows from what is due: config, the clock and the state. */
export interface PkiClock {
    readonly rootMode: RootMode;
    /** Day from which generations are counted. */
    readonly epoch: string;
    /** Day that config names; without one the clock decides. */
    readonly asOf: string | undefined;
    /** Certificates of offline roots and of what they signed, by name, PEM. */
    readonly roots: Readonly<Record<string, string>>;
    readonly certificates: Readonly<Record<string, string>>;
    readonly now: Date;
    readonly leafLifetimeHours: number;
    readonly last: LastUp | undefined;
}

export interface Errors {
    readonly errors: readonly string[];
}

/** The day for which an environment is built, `YYYY-MM-DD`. */
export const asOfDay = ({ asOf, now }: PkiClock): string => asOf ?? formatDay(now);

/** The day as config has it, or as it is not there, with what is wrong. */
export function dayError({ asOf, now }: PkiClock, allowed: string, fix: string): Errors {
    const value = asOf ?? `not set, which means today, ${formatDay(now)}`;
    return { errors: [wrong("pki.asOf", value, allowed, fix)] };
}

/** Midnight UTC of a day that the schema has read. */
export function dayOf(text: string): Date {
    const day = parseDay(text);
    if (day === undefined) throw new Error(`${text} is not a day YYYY-MM-DD`);
    return day;
}
