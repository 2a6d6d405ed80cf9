import { formatDay } from "../../../components/pki/generations";
import { GenerationState, Purpose, RootMode } from "../../../components/pki/hierarchy";
import { pkiPlan, type HierarchyPlan, type PkiPlanArgs } from "../../../components/pki/pkiPlan";

const epoch = new Date("2026-11-01T00:00:00Z");
const day = (text: string) => new Date(`${text}T00:00:00Z`);

const planOf = (asOf: string, changes: Partial<PkiPlanArgs> = {}): HierarchyPlan => {
    const rootMode = RootMode.Managed;
    const args = { epoch, asOf: day(asOf), purposes: [Purpose.Workload], rootMode, ...changes };
    const [plan] = pkiPlan(args);
    if (plan === undefined) throw new Error("no plan");
    return plan;
};

/** Generations with their state, and trusted roots, in short. */
const short = ({ generations, trustedRoots, currentRoot }: HierarchyPlan) => ({
    intermediates: generations.map(({ generation, state }) => `g${generation} ${state}`),
    trustedRoots,
    currentRoot,
});

const offline = { rootMode: RootMode.Offline };
const { Requested, Ready, Issuing } = GenerationState;

it("begins with one intermediate of one root", () => {
    expect(planOf("2026-11-24")).toEqual({
        purpose: "workload",
        generations: [{ generation: 1, root: 1, state: Issuing }],
        issuing: 1,
        due: 1,
        currentRoot: 1,
        trustedRoots: [1],
        unknownRoots: [],
        rootSince: epoch,
        steps: [
            { day: "2027-08-01", what: "up: workload-ca-g2 issues instead of workload-ca-g1" },
            { day: "2035-07-23", what: "up: workload-root-g2 is made and trusted" },
        ],
    });
});

it("plans every purpose alike, each with its own names", () => {
    const purposes = Object.values(Purpose);
    const rootMode = RootMode.Managed;
    const plans = pkiPlan({ epoch, asOf: day("2026-11-24"), purposes, rootMode });
    expect(plans.map(({ purpose }) => purpose)).toEqual(["workload", "mesh", "vpn"]);
    expect(plans.map(({ steps }) => steps[0]?.what)).toEqual([
        "up: workload-ca-g2 issues instead of workload-ca-g1",
        "up: mesh-ca-g2 issues instead of mesh-ca-g1",
        "up: vpn-ca-g2 issues instead of vpn-ca-g1",
    ]);
});

it("refuses a day before the epoch", () => {
    expect(() => planOf("2026-10-31")).toThrow(
        new Error("[asOf] is 2026-10-31; allowed 2026-11-01, the epoch, or later"),
    );
});

it.each<[string, string, string[], number[], number]>([
    ["the day before the next root is trusted", "2035-07-22", ["g12 issuing"], [1], 1],
    ["when the next root is trusted", "2035-07-23", ["g12 issuing"], [1, 2], 1],
    ["the day before the next root issues", "2035-10-20", ["g12 issuing"], [1, 2], 1],
    ["when the next root issues", "2035-10-21", ["g13 issuing"], [1, 2], 2],
    ["the last day of the old root", "2036-01-19", ["g13 issuing"], [1, 2], 2],
    ["when the old root is dropped", "2036-01-20", ["g13 issuing"], [2], 2],
])("%s, %s", (_case, asOf, intermediates, trustedRoots, currentRoot) => {
    expect(short(planOf(asOf))).toEqual({ intermediates, trustedRoots, currentRoot });
});

describe("with an offline root", () => {
    it.each<[string, string, readonly string[] | undefined, string[]]>([
        ["waits for the first signature", "2026-11-01", [], [`g1 ${Requested}`]],
        ["issues once it is signed", "2026-11-01", ["workload-ca-g1"], [`g1 ${Issuing}`]],
        ["asks for nothing too early", "2027-06-01", undefined, [`g1 ${Issuing}`]],
        [
            "asks 60 days before",
            "2027-06-02",
            ["workload-ca-g1"],
            [`g1 ${Issuing}`, `g2 ${Requested}`],
        ],
        [
            "keeps what is signed for its day",
            "2027-07-31",
            undefined,
            [`g1 ${Issuing}`, `g2 ${Ready}`],
        ],
        ["steps on its day", "2027-08-01", undefined, [`g2 ${Issuing}`]],
    ])("%s, %s", (_case, asOf, signed, intermediates) => {
        const plan = planOf(asOf, { ...offline, ...(signed && { signed }) });
        expect(short(plan).intermediates).toEqual(intermediates);
    });

    it("says which root to make first, from the first day on", () => {
        const first = planOf("2026-11-24", { ...offline, roots: [], signed: [] });
        const what =
            "make workload-root-g1, put its certificate into pki.roots, then up: it is trusted";
        expect(first.steps[0]).toEqual({ day: "2026-11-01", what });
        const known = planOf("2026-11-24", { ...offline, roots: ["workload-root-g1"], signed: [] });
        expect(known.steps.map((one) => one.what)).not.toContain(what);
    });

    it("says what to sign and until when", () => {
        const plan = planOf("2027-06-02", { ...offline, signed: ["workload-ca-g1"] });
        expect(plan.steps.slice(0, 2)).toEqual([
            {
                day: "2027-08-01",
                what: "sign the request of workload-ca-g2 with workload-root-g1, valid from 2027-08-01, and put the certificate into pki.certificates",
            },
            { day: "2027-08-01", what: "up: workload-ca-g2 issues instead of workload-ca-g1" },
        ]);
    });

    it("goes on issuing from the old one while the new one is not signed", () => {
        const last = { workload: { issuing: 1, trustedRoots: [1], rootSince: epoch } };
        const signed = ["workload-ca-g1"];
        const plan = planOf("2027-08-20", { ...offline, last, signed });
        expect(short(plan).intermediates).toEqual([`g1 ${Issuing}`, `g2 ${Requested}`]);
        expect(plan.steps[0]).toMatchObject({ day: "2027-08-01" });
    });

    it("is not ready by a certificate whose root is unknown", () => {
        const known = { ...offline, signed: ["workload-ca-g1"], roots: ["workload-root-g1"] };
        expect(planOf("2026-11-01", known)).toMatchObject({ issuing: 1, trustedRoots: [1] });
        expect(planOf("2026-11-01", { ...known, roots: ["mesh-root-g1"] })).toMatchObject({
            issuing: undefined,
            trustedRoots: [],
        });
    });

    it("says what to make when the next root is to be trusted, and trusts it once it is known", () => {
        const roots = ["workload-root-g1"];
        const asked = planOf("2035-07-23", { ...offline, roots });
        expect(asked).toMatchObject({ trustedRoots: [1], unknownRoots: [2] });
        expect(asked.steps[0]).toEqual({
            day: "2035-07-23",
            what: "make workload-root-g2, put its certificate into pki.roots, then up: it is trusted",
        });
        const known = planOf("2035-07-23", { ...offline, roots: [...roots, "workload-root-g2"] });
        expect(known.trustedRoots).toEqual([1, 2]);
    });
});

describe("an up that comes late for a root", () => {
    const last = { issuing: 12, trustedRoots: [1], rootSince: epoch };

    it("trusts the new one first and issues from the old one", () => {
        const plan = planOf("2035-10-23", { last: { workload: last } });
        expect(short(plan)).toEqual({
            intermediates: [`g12 ${Issuing}`],
            trustedRoots: [1, 2],
            currentRoot: 1,
        });
        expect(plan.steps[0]).toEqual({
            day: "2035-10-21",
            what: "up: workload-ca-g13 issues instead of workload-ca-g12",
        });
    });

    it("issues from it by the next up, and drops the old one when 90 days and a day are over", () => {
        const trusted = { ...last, trustedRoots: [1, 2] };
        const late = planOf("2036-03-01", { last: { workload: trusted } });
        expect(short(late)).toMatchObject({ trustedRoots: [1, 2], currentRoot: 2 });
        expect(formatDay(late.rootSince)).toBe("2036-03-01");
        const after = { ...trusted, issuing: 13, rootSince: late.rootSince };
        const on = (asOf: string) => planOf(asOf, { last: { workload: after } }).trustedRoots;
        expect(on("2036-05-30")).toEqual([1, 2]);
        expect(on("2036-05-31")).toEqual([2]);
    });

    it("counts from the clock where the day that is built for is behind it", () => {
        const workload = { ...last, trustedRoots: [1, 2] };
        const plan = planOf("2035-11-01", { last: { workload }, today: day("2036-02-01") });
        expect(formatDay(plan.rootSince)).toBe("2036-02-01");
    });
});
