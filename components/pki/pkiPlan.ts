import {
    addDays,
    dropDays,
    dueDay,
    firstOf,
    intermediateAt,
    requestDay,
    rootOf,
    trustDay,
} from "./generations";
import { GenerationState, intermediateName, RootMode, rootName, type Purpose } from "./hierarchy";
import { comingSteps, type PkiStep } from "./pkiSteps";

export interface PkiPlanArgs {
    /** Day from which generations are counted. */
    readonly epoch: Date;
    /** Day that is planned. */
    readonly asOf: Date;
    readonly purposes: readonly Purpose[];
    readonly rootMode: RootMode;
    /** Names of the offline roots that are known. Defaults to all. */
    readonly roots?: readonly string[];
    /** Names of the intermediates whose offline certificate is there and fits. Defaults to all. */
    readonly signed?: readonly string[];
    /** What the last `up` left. Defaults to what the calendar alone would have left. */
    readonly last?: Readonly<Partial<Record<Purpose, HierarchyState>>>;
    /** Day of the clock, from which leaves are counted where `asOf` is behind it. Defaults to `asOf`. */
    readonly today?: Date;
}

/** What an `up` leaves of one hierarchy, and the next one goes on from. */
export interface HierarchyState {
    /** Generation of the intermediate that issues. */
    readonly issuing: number;
    /** Generations of the roots in the bundle, oldest first. */
    readonly trustedRoots: readonly number[];
    /** Day from which intermediates of its root issue. */
    readonly rootSince: Date;
}

/** One hierarchy on a day. */
export interface HierarchyPlan {
    readonly purpose: Purpose;
    /** Intermediates that have a key, oldest first. */
    readonly generations: readonly PlannedGeneration[];
    /** The intermediate that issues; undefined before the first one is signed. */
    readonly issuing: number | undefined;
    /** The intermediate that should issue. */
    readonly due: number;
    /** The root of what issues, or of what will issue first. It alone is protected. */
    readonly currentRoot: number;
    /** The roots in the bundle, oldest first. */
    readonly trustedRoots: readonly number[];
    /** Offline roots that should be in the bundle, and are not known. */
    readonly unknownRoots: readonly number[];
    readonly rootSince: Date;
    /** The coming steps, earliest first; one whose day is over waits for somebody. */
    readonly steps: readonly PkiStep[];
}

export interface PlannedGeneration {
    readonly generation: number;
    /** Generation of the root that signs it. */
    readonly root: number;
    readonly state: GenerationState;
}

/**
 * Which certificate authorities exist on a day, in which state, and whom the bundles trust. A root is trusted by one `up`, issues
 * from a later one, and the old one goes with a third, when none of its leaves can be valid any more; an `up` that comes late for
 * one of the three does that one, and the next `up` the rest.
 *
 * @throws an error, if the day is before the epoch
 */
export const pkiPlan = (args: PkiPlanArgs): readonly HierarchyPlan[] =>
    args.purposes.map((purpose) => planHierarchy(purpose, args));

function planHierarchy(purpose: Purpose, args: PkiPlanArgs): HierarchyPlan {
    const due = intermediateAt(args.epoch, args.asOf);
    const issuing = issuingOn(purpose, due, args);
    const currentRoot = rootOf(issuing ?? due);
    const rootSince = sinceWhen(purpose, currentRoot, args);
    const roots = rootsOn(purpose, { due, currentRoot, rootSince }, args);
    const plan = {
        purpose,
        generations: generationsOn(purpose, { due, issuing }, args),
        issuing,
        due,
        currentRoot,
        trustedRoots: roots.filter((root) => isKnown(purpose, root, args)),
        unknownRoots: roots.filter((root) => !isKnown(purpose, root, args)),
        rootSince,
    };
    return { ...plan, steps: comingSteps(plan, args) };
}

/** The one that is due; until it can, the one that has issued so far. */
function issuingOn(purpose: Purpose, due: number, args: PkiPlanArgs): number | undefined {
    const last = args.last?.[purpose];
    if (last === undefined) return isSigned(purpose, due, args) ? due : undefined;
    // A leaf of a root that the last bundle lacks would be refused by whoever has not read the new one yet.
    const isTrusted = last.trustedRoots.includes(rootOf(due));
    return isSigned(purpose, due, args) && isTrusted ? due : last.issuing;
}

const isKnown = (purpose: Purpose, root: number, { rootMode, roots }: PkiPlanArgs): boolean =>
    rootMode === RootMode.Managed || (roots?.includes(rootName(purpose, root)) ?? true);

const isSigned = (purpose: Purpose, generation: number, args: PkiPlanArgs): boolean =>
    args.rootMode === RootMode.Managed ||
    (isKnown(purpose, rootOf(generation), args) &&
        (args.signed?.includes(intermediateName(purpose, generation)) ?? true));

function generationsOn(
    purpose: Purpose,
    { due, issuing }: { readonly due: number; readonly issuing: number | undefined },
    args: PkiPlanArgs,
): PlannedGeneration[] {
    const asked = [due, ...(requestDay(args.epoch, due + 1) <= args.asOf ? [due + 1] : [])];
    // A root that is at hand signs in the moment when a generation takes over: its year is not spent on waiting.
    const waiting = args.rootMode === RootMode.Offline ? asked : [];
    const all = [...new Set([...(issuing === undefined ? [] : [issuing]), ...waiting])];
    const stateOf = (generation: number) => {
        if (generation === issuing) return GenerationState.Issuing;
        return isSigned(purpose, generation, args)
            ? GenerationState.Ready
            : GenerationState.Requested;
    };
    return all.map((generation) => ({
        generation,
        root: rootOf(generation),
        state: stateOf(generation),
    }));
}

/** The day from which a root's intermediates issue: this one, if it is the step from another root. */
function sinceWhen(
    purpose: Purpose,
    root: number,
    { epoch, asOf, last, today }: PkiPlanArgs,
): Date {
    const before = last?.[purpose];
    if (before === undefined) return dueDay(epoch, firstOf(root));
    if (rootOf(before.issuing) === root) return before.rootSince;
    return today !== undefined && today > asOf ? today : asOf;
}

/** The roots whose leaves may be valid, and the one that is next. */
function rootsOn(
    purpose: Purpose,
    of: { readonly due: number; readonly currentRoot: number; readonly rootSince: Date },
    args: PkiPlanArgs,
): number[] {
    const { epoch, asOf, last } = args;
    const { currentRoot } = of;
    const next = Math.max(rootOf(of.due), currentRoot + 1);
    const isNextTrusted = trustDay(epoch, next) <= asOf;
    const isOldTrusted = asOf < addDays(of.rootSince, dropDays);
    const before = last?.[purpose]?.trustedRoots ?? [currentRoot - 1];
    const old = before.filter((root) => root >= 1 && root < currentRoot);
    return [...(isOldTrusted ? old : []), currentRoot, ...(isNextTrusted ? [next] : [])];
}
