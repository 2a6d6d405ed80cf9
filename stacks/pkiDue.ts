import { formatDay } from "../components/pki/generations";
import { intermediateName, Purpose, RootMode, rootName } from "../components/pki/hierarchy";
import { pkiPlan, type HierarchyPlan, type PkiPlanArgs } from "../components/pki/pkiPlan";
import type { PkiStep } from "../components/pki/pkiSteps";
import { offlinePki, type OfflinePki } from "./pkiCertificates";
import { asOfDay, dayError, dayOf, type Errors, type PkiClock } from "./pkiClock";
import { lifeErrors } from "./pkiLife";
import { wrong } from "./shown";

/** The day for which an environment is built, and what its authorities are on it. */
export interface PkiDue {
    readonly asOf: string;
    readonly plans: Readonly<Record<Purpose, HierarchyPlan>>;
    /** Day of the next step, `YYYY-MM-DD`; one that is over waits for somebody. */
    readonly nextDue: string;
    /** The next step of every kind, of all purposes, earliest first. */
    readonly steps: readonly PkiStep[];
}

/** What is due, or one line for each reason why it cannot be done. */
export function pkiDue(clock: PkiClock): PkiDue | Errors {
    const asOf = asOfDay(clock);
    // Days compare as texts.
    if (asOf < clock.epoch)
        return dayError(
            clock,
            `${clock.epoch}, which is pki.epoch, or later`,
            "correct one of the two",
        );
    if (clock.last && asOf < clock.last.asOf)
        return dayError(
            clock,
            `${clock.last.asOf}, where the stack's state stands, or later`,
            `write ${clock.last.asOf} or later`,
        );
    const offline = offlineOf(clock, asOf);
    if (offline && offline.errors.length > 0) return { errors: offline.errors };
    const args = planArgs(clock, asOf, offline);
    const plans = pkiPlan(args);
    const errors = [...missingErrors(plans, args), ...lifeErrors(plans, clock, offline)];
    if (errors.length > 0) return { errors };
    const steps = plans.flatMap((plan) => plan.steps).sort((a, b) => a.day.localeCompare(b.day));
    return { asOf, plans: byPurpose(plans), nextDue: steps[0]?.day ?? asOf, steps };
}

function offlineOf(clock: PkiClock, asOf: string): OfflinePki | undefined {
    if (clock.rootMode === RootMode.Managed) return undefined;
    const { roots, certificates, leafLifetimeHours, last } = clock;
    return offlinePki({
        roots,
        certificates,
        requests: last?.requests ?? {},
        epoch: dayOf(clock.epoch),
        asOf: dayOf(asOf),
        leafLifetimeHours,
    });
}

const planArgs = (clock: PkiClock, asOf: string, offline: OfflinePki | undefined): PkiPlanArgs => ({
    epoch: dayOf(clock.epoch),
    asOf: dayOf(asOf),
    today: dayOf(formatDay(clock.now)),
    purposes: Object.values(Purpose),
    rootMode: clock.rootMode,
    ...(clock.last && { last: clock.last.hierarchies }),
    ...(offline && { roots: offline.roots, signed: [...offline.signed.keys()] }),
});

/** What was in use after the last `up` and is still needed may not be taken out of config. */
function missingErrors(plans: readonly HierarchyPlan[], args: PkiPlanArgs): string[] {
    const { roots, signed, last, ...rest } = args;
    if (last === undefined || roots === undefined || signed === undefined) return [];
    const complete = byPurpose(pkiPlan({ ...rest, last }));
    return plans.flatMap(({ purpose, issuing, trustedRoots }) => {
        const before = last[purpose];
        if (before === undefined || issuing === undefined) return [];
        const issuer = intermediateName(purpose, issuing);
        const lost = complete[purpose].trustedRoots.filter(
            (root) => before.trustedRoots.includes(root) && !trustedRoots.includes(root),
        );
        return [
            ...lost.map((root) =>
                wrong(
                    `pki.roots.${rootName(purpose, root)}`,
                    "not set",
                    "the certificate of a root that is trusted",
                    "put it back until output pkiSteps has it trusted no more",
                ),
            ),
            ...(signed.includes(issuer)
                ? []
                : [
                      wrong(
                          `pki.certificates.${issuer}`,
                          "not set",
                          "the certificate of what issues",
                          "put it back until its successor issues",
                      ),
                  ]),
        ];
    });
}

function byPurpose(plans: readonly HierarchyPlan[]): Readonly<Record<Purpose, HierarchyPlan>> {
    const of = (purpose: Purpose): HierarchyPlan => {
        const plan = plans.find((one) => one.purpose === purpose);
        if (plan === undefined) throw new Error(`no plan of ${purpose}`);
        return plan;
    };
    return {
        [Purpose.Workload]: of(Purpose.Workload),
        [Purpose.Mesh]: of(Purpose.Mesh),
        [Purpose.Vpn]: of(Purpose.Vpn),
    };
}
