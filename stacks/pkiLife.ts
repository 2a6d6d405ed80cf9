import {
    dueDay,
    formatDay,
    hourMilliseconds,
    intermediateLifetimeHours,
} from "../components/pki/generations";
import { GenerationState, intermediateName } from "../components/pki/hierarchy";
import type { HierarchyPlan } from "../components/pki/pkiPlan";
import type { OfflinePki } from "./pkiCertificates";
import { asOfDay, dayError, dayOf, type PkiClock } from "./pkiClock";

/** The first purpose whose issuer would end before a leaf of it: the day is one, and so is its fix. */
export function lifeErrors(
    plans: readonly HierarchyPlan[],
    clock: PkiClock,
    offline: OfflinePki | undefined,
): readonly string[] {
    const asOf = asOfDay(clock);
    const from = Math.max(clock.now.getTime(), dayOf(asOf).getTime());
    const needed = clock.leafLifetimeHours * hourMilliseconds;
    for (const plan of plans) {
        const name = plan.issuing && intermediateName(plan.purpose, plan.issuing);
        const expires = expiryOf(plan, clock, offline);
        if (!name || isWaitingForTrust(plan) || expires.getTime() - from >= needed) continue;
        return dayError(
            clock,
            `a day on which ${name}, which ends ${formatDay(expires)}, still outlives a leaf of ${clock.leafLifetimeHours}h`,
            fixOf(plan, clock),
        ).errors;
    }
    return [];
}

/** An intermediate that is there ends when its certificate says; one that this `up` makes lives from now on. */
function expiryOf(
    { purpose, issuing }: HierarchyPlan,
    { now, last }: PkiClock,
    offline: OfflinePki | undefined,
): Date {
    const signed = offline?.signed.get(intermediateName(purpose, issuing ?? 0));
    const before = last?.hierarchies[purpose];
    if (signed !== undefined) return signed;
    if (before?.issuing === issuing && before) return before.expires;
    return new Date(now.getTime() + intermediateLifetimeHours * hourMilliseconds);
}

function fixOf(plan: HierarchyPlan, { asOf, now, last, epoch }: PkiClock): string {
    const { purpose, issuing, due } = plan;
    if (issuing !== due)
        return `sign the request of ${intermediateName(purpose, due)} and put the certificate into pki.certificates`;
    if (last?.hierarchies[purpose]?.issuing !== issuing) return "write an earlier day or remove it";
    return asOf === undefined || asOf > formatDay(now)
        ? `write ${formatDay(dueDay(dayOf(epoch), due + 1))}, when its successor is due`
        : "remove it, so that its successor can take over";
}

/**
 * Whether all that is due is there, and only the trust in its root has to come first. Then the old one goes on, however little it has
 * left: without this `up` it would do so too.
 */
export const isWaitingForTrust = ({ issuing, due, generations }: HierarchyPlan): boolean =>
    issuing !== undefined &&
    issuing !== due &&
    generations.find(({ generation }) => generation === due)?.state !== GenerationState.Requested;
