import { addDays, dropDays, dueDay, formatDay, requestDay, rootOf, trustDay } from "./generations";
import { GenerationState, intermediateName, RootMode, rootName } from "./hierarchy";
import type { HierarchyPlan, PkiPlanArgs } from "./pkiPlan";

/** Something that is to be done with a hierarchy. */
export interface PkiStep {
    /** Day on which it is due, `YYYY-MM-DD`. */
    readonly day: string;
    /** What to do, and what comes of it. */
    readonly what: string;
}

type Plan = Omit<HierarchyPlan, "steps">;
type Kind = (plan: Plan, args: PkiPlanArgs) => PkiStep[];

/** The next step of every kind, earliest first. Between two days of steps the list stays as it is. */
export const comingSteps = (plan: Plan, args: PkiPlanArgs): PkiStep[] =>
    [drop, trust, request, sign, issue]
        .flatMap((kind) => kind(plan, args))
        // Stable: what is due on one day stays in the order in which it is done.
        .sort((a, b) => a.day.localeCompare(b.day));

const step = (day: Date, what: string): PkiStep => ({ day: formatDay(day), what });

/** The next intermediate that does not issue yet. */
const successor = ({ issuing, due }: Plan): number => (issuing === due ? due + 1 : due);

/** The next root: the one whose intermediate is due already, or the one after the current. */
const nextRoot = ({ due, currentRoot }: Plan): number => Math.max(rootOf(due), currentRoot + 1);

const drop: Kind = ({ purpose, currentRoot, trustedRoots, rootSince }) =>
    trustedRoots
        .filter((root) => root < currentRoot)
        .map((root) =>
            step(addDays(rootSince, dropDays), `up: ${rootName(purpose, root)} is trusted no more`),
        );

/** The roots that are missing, and the next one. */
function comingRoots(plan: Plan): number[] {
    const missing = plan.unknownRoots.filter((root) => root >= plan.currentRoot);
    const roots = new Set([...missing, nextRoot(plan)]);
    return [...roots].filter((root) => !plan.trustedRoots.includes(root));
}

const trust: Kind = (plan, { epoch, rootMode }) =>
    comingRoots(plan).map((root) => {
        const name = rootName(plan.purpose, root);
        const what =
            rootMode === RootMode.Managed
                ? `up: ${name} is made and trusted`
                : `make ${name}, put its certificate into pki.roots, then up: it is trusted`;
        // The first one has nobody before it.
        return step(root === 1 ? epoch : trustDay(epoch, root), what);
    });

const request: Kind = ({ purpose, generations, due }, { epoch, rootMode }) => {
    const isRequested = generations.some(({ generation }) => generation === due + 1);
    if (rootMode === RootMode.Managed || isRequested) return [];
    const what = `up: the key and the request of ${intermediateName(purpose, due + 1)} are made`;
    return [step(requestDay(epoch, due + 1), what)];
};

const sign: Kind = ({ purpose, generations }, { epoch }) =>
    generations
        .filter(({ state }) => state === GenerationState.Requested)
        .map(({ generation, root }) => {
            const name = intermediateName(purpose, generation);
            const due = dueDay(epoch, generation);
            return step(
                due,
                `sign the request of ${name} with ${rootName(purpose, root)}, valid from ${formatDay(due)}, and put the certificate into pki.certificates`,
            );
        });

const issue: Kind = (plan, { epoch }) => {
    const generation = successor(plan);
    const name = intermediateName(plan.purpose, generation);
    return [
        step(
            dueDay(epoch, generation),
            plan.issuing === undefined
                ? `up: ${name} issues`
                : `up: ${name} issues instead of ${intermediateName(plan.purpose, plan.issuing)}`,
        ),
    ];
};
