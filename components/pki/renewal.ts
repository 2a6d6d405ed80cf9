import { createHash } from "node:crypto";

/** A leaf may live at most 90 days, and must be replaced before they are over. @see NIST SP 800-57 part 1, 5.3 */
export const leafLifetimeLimitHours = 2_160;

export interface Renewal {
    readonly lifetimeHours: number;
    /** Time before the end at which the next certificate is asked for. */
    readonly renewBeforeHours: number;
}

/**
 * Checks a leaf's times.
 *
 * @throws an error that names the argument: whole hours, lifetime 2 to 2160, renewal at least 1 hour before the end and less than
 * the lifetime
 */
export function checkRenewal({ lifetimeHours, renewBeforeHours }: Renewal): void {
    if (
        !Number.isInteger(lifetimeHours) ||
        lifetimeHours < 2 ||
        lifetimeHours > leafLifetimeLimitHours
    )
        throw new Error(
            `[lifetimeHours] is ${lifetimeHours} (${lifetimeHours / 24} days); a leaf may live at most ${leafLifetimeLimitHours} (90 days)`,
        );
    if (
        !Number.isInteger(renewBeforeHours) ||
        renewBeforeHours < 1 ||
        renewBeforeHours >= lifetimeHours
    )
        throw new Error(
            `[renewBeforeHours] is ${renewBeforeHours}; allowed 1 to less than lifetimeHours, ${lifetimeHours}`,
        );
}

/**
 * When a certificate of that name is renewed, in minutes before its end: up to a tenth of the rotation period earlier than asked
 * for, always the same for the same name. Otherwise all certificates of one `up` renew in the same second for ever.
 */
export function renewBeforeMinutes(
    name: string,
    { lifetimeHours, renewBeforeHours }: Renewal,
): number {
    const spread = (lifetimeHours - renewBeforeHours) * 6;
    const share = createHash("sha256").update(name).digest().readUInt32BE() / 2 ** 32;
    return renewBeforeHours * 60 + Math.floor(share * spread);
}
