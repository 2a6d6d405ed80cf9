import fc from "fast-check";
import { formatDay } from "../../../components/pki/generations";
import { GenerationState, Purpose, RootMode } from "../../../components/pki/hierarchy";
import {
    pkiPlan,
    type HierarchyPlan,
    type HierarchyState,
    type PkiPlanArgs,
} from "../../../components/pki/pkiPlan";

const epoch = new Date("2026-11-01T00:00:00Z");
const years = 11;
const lastDay = years * 365 + 3;
const dateOf = (days: number) => new Date(epoch.getTime() + days * 86_400_000);
const dayOf = (text: string) => (Date.parse(text) - epoch.getTime()) / 86_400_000;

/** The plan of one hierarchy, counted in days since the epoch. */
function planOn(days: number, rootMode: RootMode, last?: HierarchyState): HierarchyPlan {
    const args: PkiPlanArgs = { epoch, asOf: dateOf(days), purposes: [Purpose.Vpn], rootMode };
    const [plan] = pkiPlan(last === undefined ? args : { ...args, last: { vpn: last } });
    if (plan === undefined) throw new Error("no plan");
    return plan;
}

const stateOf = (plan: HierarchyPlan): HierarchyState => {
    if (plan.issuing === undefined) throw new Error("nothing issues");
    return { ...plan, issuing: plan.issuing };
};

const issuingIn = ({ generations }: HierarchyPlan) =>
    generations.filter(({ state }) => state === GenerationState.Issuing);

/** What is served and trusted, without the steps to come. */
const built = ({ generations, trustedRoots, currentRoot }: HierarchyPlan) => ({
    generations,
    trustedRoots,
    currentRoot,
});

/** One environment: the days of its `up`s, the mode of its roots, the life of its leaves. */
interface Play {
    readonly ups: readonly number[];
    readonly rootMode: RootMode;
    readonly leafDays: number;
    /** A leaf is issued on every day, and not only on those of an `up`. */
    readonly issuesDaily: boolean;
}

/** What was seen on a day. */
interface Seen {
    readonly day: number;
    readonly plan: HierarchyPlan;
    /** By how many days the issuer outlives the longest leaf that it issued on that day. */
    readonly reserve: number;
    /** Until when the leaves of each root may be valid. */
    readonly leafEnds: ReadonlyMap<number, number>;
}

/** Simulates an environment: an intermediate lives from the `up` that makes it, or as signed offline from its day, 365 days. */
function* play({ ups, rootMode, leafDays, issuesDaily }: Play): Generator<Seen> {
    const isUp = new Set(ups);
    const leafEnds = new Map<number, number>();
    let plan: HierarchyPlan | undefined;
    let issuerEnds = 0;
    for (let day = ups[0] ?? 0; day <= lastDay; day++) {
        let reserve = Infinity;
        const issue = (root: number) => {
            leafEnds.set(root, day + leafDays);
            reserve = Math.min(reserve, issuerEnds - day - leafDays);
        };
        // An `up` may come late on its day: what issued before it does so on that day too.
        if (issuesDaily && plan) issue(plan.currentRoot);
        if (isUp.has(day)) {
            const next = planOn(day, rootMode, plan && stateOf(plan));
            const begins = rootMode === RootMode.Managed ? day : (next.due - 1) * 273;
            if (next.issuing !== plan?.issuing) issuerEnds = begins + 365;
            plan = next;
            issue(plan.currentRoot);
        }
        if (plan) yield { day, plan, reserve, leafEnds: new Map(leafEnds) };
    }
}

/** Days on which a valid leaf does not chain to the bundle. */
const unchained = (given: Play): string[] =>
    [...play(given)].flatMap(({ day, plan, leafEnds }) =>
        [...leafEnds]
            .filter(([root, ends]) => ends >= day && !plan.trustedRoots.includes(root))
            .map(([root]) => `g${root} on day ${day}`),
    );

const every = (days: number) =>
    Array.from({ length: Math.floor(lastDay / days) + 1 }, (_none, index) => index * days);

const months = Array.from({ length: years * 12 + 1 }, (_none, month) =>
    dayOf(new Date(Date.UTC(2026, 10 + month, 1)).toISOString()),
);

describe.each(Object.values(RootMode))("with a %s root, in years 0 to 11", (rootMode) => {
    const plays: readonly (readonly [string, Play])[] = [
        ["daily, 90-day leaves", { ups: every(1), rootMode, leafDays: 90, issuesDaily: true }],
        ["daily, 47-day leaves", { ups: every(1), rootMode, leafDays: 47, issuesDaily: true }],
        ["monthly, 47-day leaves", { ups: months, rootMode, leafDays: 47, issuesDaily: true }],
        // With the longest leaf an `up` may come two days late: in a month's, only those of the day itself are looked at.
        ["monthly, 90-day leaves", { ups: months, rootMode, leafDays: 90, issuesDaily: false }],
    ];

    it.each(plays)("one intermediate issues, and no leaf outlives it: %s", (_case, given) => {
        const issued = new Set<number | undefined>();
        let reserve = Infinity;
        for (const seen of play(given)) {
            reserve = Math.min(reserve, seen.reserve);
            issued.add(seen.plan.issuing);
            if (issuingIn(seen.plan).length !== 1) throw new Error(`day ${seen.day}`);
        }
        expect([...issued]).toEqual(Array.from({ length: 15 }, (_none, index) => index + 1));
        expect(reserve).toBeGreaterThanOrEqual(2);
    });

    it.each(plays)("every valid leaf chains to a root of the bundle: %s", (_case, given) => {
        expect(unchained(given)).toEqual([]);
    });

    it.each(plays)(
        "an up that issues from a root follows one that trusts it: %s",
        (_case, given) => {
            let before: HierarchyPlan | undefined;
            let steps = 0;
            for (const { day, plan } of play(given)) {
                if (!given.ups.includes(day)) continue;
                if (before && before.currentRoot !== plan.currentRoot) {
                    expect(before.trustedRoots).toContain(plan.currentRoot);
                    expect(plan.trustedRoots).toContain(before.currentRoot);
                    steps++;
                }
                before = plan;
            }
            expect(steps).toBe(1);
        },
    );

    it("nothing is kept for longer than it is needed", () => {
        const given = { ups: every(1), rootMode, leafDays: 90, issuesDaily: true };
        const kept = new Set<string>();
        for (const { day, plan, leafEnds } of play(given)) {
            const old = plan.trustedRoots.filter((root) => root < plan.currentRoot);
            const ahead = plan.trustedRoots.filter((root) => root > plan.currentRoot);
            const [, ...waiting] = plan.generations;
            const needed = [
                ...old.map((root) => (leafEnds.get(root) ?? 0) >= day),
                ...ahead.map((root) => planOn(day + 90, rootMode).currentRoot === root),
                ...waiting.map((one) => planOn(day + 60, rootMode).issuing === one.generation),
            ];
            if (needed.includes(false)) throw new Error(`day ${day}`);
            kept.add(`${old.length} old, ${ahead.length} ahead, ${waiting.length} waiting`);
        }
        // All of them were seen: the test would notice one that was kept.
        expect([...kept].sort()).toEqual(
            rootMode === RootMode.Managed
                ? [
                      "0 old, 0 ahead, 0 waiting",
                      "0 old, 1 ahead, 0 waiting",
                      "1 old, 0 ahead, 0 waiting",
                  ]
                : [
                      "0 old, 0 ahead, 0 waiting",
                      "0 old, 0 ahead, 1 waiting",
                      "0 old, 1 ahead, 0 waiting",
                      "0 old, 1 ahead, 1 waiting",
                      "1 old, 0 ahead, 0 waiting",
                  ],
        );
    });

    it("changes on the days of its steps and on no other", () => {
        let before = planOn(0, rootMode);
        for (let day = 1; day <= lastDay; day++) {
            const plan = planOn(day, rootMode, stateOf(before));
            const isStep = before.steps.some((step) => step.day === formatDay(dateOf(day)));
            if (isStep) expect(built(plan)).not.toEqual(built(before));
            else expect(plan).toEqual(before);
            before = plan;
        }
    });

    it("is, with ups on every day, what the calendar alone says", () => {
        for (const { day, plan } of play({
            ups: every(1),
            rootMode,
            leafDays: 90,
            issuesDaily: true,
        }))
            expect(planOn(day, rootMode)).toEqual(plan);
    });
});

it("is the same for the same day and state, and for every day there is one", () => {
    const modes = fc.constantFrom(...Object.values(RootMode));
    fc.assert(
        fc.property(fc.integer({ min: 0, max: lastDay }), modes, (day, rootMode) => {
            const plan = planOn(day, rootMode);
            expect(planOn(day, rootMode)).toEqual(plan);
            // After an `up`, a second one on that day finds nothing to do.
            expect(planOn(day, rootMode, stateOf(plan))).toEqual(plan);
        }),
    );
});

it("holds with ups on any days: no leaf that its root's bundle does not know", () => {
    const gaps = fc.array(fc.integer({ min: 1, max: 400 }), { minLength: 20, maxLength: 60 });
    fc.assert(
        fc.property(gaps, fc.constantFrom(...Object.values(RootMode)), (days, rootMode) => {
            const ups = days.map((_gap, index) =>
                days.slice(0, index + 1).reduce((sum, gap) => sum + gap, 0),
            );
            const given = { ups, rootMode, leafDays: 90, issuesDaily: true };
            expect(unchained(given)).toEqual([]);
        }),
        { numRuns: 30 },
    );
});
