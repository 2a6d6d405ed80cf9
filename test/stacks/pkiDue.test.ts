import type { LastHierarchy, LastUp } from "../../stacks/lastUp";
import type { PkiClock } from "../../stacks/pkiClock";
import { pkiDue } from "../../stacks/pkiDue";
import { pkiWarning } from "../../stacks/pkiWarning";
import { managedClock } from "./managedClock";

const now = new Date("2026-11-24T10:00:00Z");

/** A year after `now`: what an intermediate that was made now ends on. */
const aYear = new Date("2027-11-24T10:00:00Z");

const epoch = new Date("2026-11-01T00:00:00Z");

const clock = managedClock(now);

/** What an `up` left in which all hierarchies were alike. */
const lastUp = (asOf: string, changes: Partial<LastHierarchy> = {}): LastUp => {
    const one = { issuing: 1, trustedRoots: [1], rootSince: epoch, expires: aYear, ...changes };
    return { asOf, hierarchies: { workload: one, mesh: one, vpn: one }, requests: {} };
};

const last = lastUp("2026-11-24");

/** What is due of the workloads' hierarchy, in short. */
function shortOf(changes: Partial<PkiClock>) {
    const due = pkiDue({ ...clock, ...changes });
    if ("errors" in due) throw new Error(due.errors.join("\n"));
    const { issuing, trustedRoots, currentRoot } = due.plans.workload;
    return { asOf: due.asOf, nextDue: due.nextDue, issuing, trustedRoots, currentRoot };
}

it.each<[string, Partial<PkiClock>, object]>([
    [
        "the first time",
        {},
        { asOf: "2026-11-24", currentRoot: 1, issuing: 1, nextDue: "2027-08-01" },
    ],
    ["again on the same day", { last }, { asOf: "2026-11-24", issuing: 1 }],
    ["on a later day", { last, asOf: "2026-12-24" }, { asOf: "2026-12-24", issuing: 1 }],
    [
        "for the last day on which the intermediate outlives a leaf",
        { last, asOf: "2027-07-31" },
        { issuing: 1 },
    ],
    [
        "when the next intermediate is due",
        { last, now: new Date("2027-08-01T00:00:00Z") },
        { asOf: "2027-08-01", issuing: 2, nextDue: "2028-04-30" },
    ],
    ["on the day of the epoch", { epoch: "2026-11-24" }, { issuing: 1 }],
    [
        "when the next root is to be trusted",
        {
            last: lastUp("2035-07-01", { issuing: 12, expires: new Date("2036-01-21") }),
            now: new Date("2035-07-23T00:00:00Z"),
        },
        { issuing: 12, trustedRoots: [1, 2], currentRoot: 1, nextDue: "2035-10-21" },
    ],
    [
        "when the next root, which the last up trusted, issues",
        {
            last: lastUp("2035-07-23", { issuing: 12, trustedRoots: [1, 2] }),
            now: new Date("2035-10-21T00:00:00Z"),
        },
        { issuing: 13, trustedRoots: [1, 2], currentRoot: 2, nextDue: "2036-01-20" },
    ],
    [
        "when no leaf of the old root can be valid any more",
        {
            last: lastUp("2035-10-21", {
                issuing: 13,
                trustedRoots: [1, 2],
                rootSince: new Date("2035-10-21"),
                expires: new Date("2036-10-20"),
            }),
            now: new Date("2036-01-20T00:00:00Z"),
        },
        { issuing: 13, trustedRoots: [2], currentRoot: 2, nextDue: "2036-07-20" },
    ],
])("says what is due %s", (_case, changes, short) => {
    expect(shortOf(changes)).toMatchObject(short);
});

describe("an up that comes late for a root", () => {
    const late = {
        now: new Date("2035-11-01T00:00:00Z"),
        last: lastUp("2035-07-01", { issuing: 12, expires: new Date("2036-01-21") }),
    };

    it("trusts it, lets the old one go on with what it has left, and asks for another", () => {
        expect(shortOf(late)).toMatchObject({ issuing: 12, trustedRoots: [1, 2] });
        const due = pkiDue({ ...clock, ...late });
        expect("errors" in due || pkiWarning(due)).toBe(
            "run up again for workload-ca-g13, mesh-ca-g13, vpn-ca-g13 whose roots are trusted from this one on; by when: output pkiSteps",
        );
    });

    it("issues from it by that", () => {
        const trusted = lastUp("2035-11-01", { issuing: 12, trustedRoots: [1, 2] });
        expect(shortOf({ ...late, last: trusted })).toMatchObject({ issuing: 13, currentRoot: 2 });
    });
});

it("lists the steps of all purposes, earliest first", () => {
    const due = pkiDue(clock);
    expect("steps" in due && due.steps).toEqual([
        { day: "2027-08-01", what: "up: workload-ca-g2 issues instead of workload-ca-g1" },
        { day: "2027-08-01", what: "up: mesh-ca-g2 issues instead of mesh-ca-g1" },
        { day: "2027-08-01", what: "up: vpn-ca-g2 issues instead of vpn-ca-g1" },
        { day: "2035-07-23", what: "up: workload-root-g2 is made and trusted" },
        { day: "2035-07-23", what: "up: mesh-root-g2 is made and trusted" },
        { day: "2035-07-23", what: "up: vpn-root-g2 is made and trusted" },
    ]);
    expect("errors" in due || pkiWarning(due)).toBeUndefined();
});

it.each<[string, Partial<PkiClock>, string]>([
    [
        "a day before the epoch",
        { asOf: "2026-10-31" },
        "[pki.asOf] is 2026-10-31; allowed 2026-11-01, which is pki.epoch, or later; correct one of the two",
    ],
    [
        "an epoch that is still to come",
        { epoch: "2027-01-01" },
        "[pki.asOf] is not set, which means today, 2026-11-24; allowed 2027-01-01, which is pki.epoch, or later; correct one of the two",
    ],
    [
        "a day before the state's",
        { last, asOf: "2026-11-23" },
        "[pki.asOf] is 2026-11-23; allowed 2026-11-24, where the stack's state stands, or later; write 2026-11-24 or later",
    ],
    [
        "today where the state is ahead",
        { last: lastUp("2027-03-01") },
        "[pki.asOf] is not set, which means today, 2026-11-24; allowed 2027-03-01, where the stack's state stands, or later; write 2027-03-01 or later",
    ],
    [
        "a certificate authority that has expired while its day stood still",
        { last, asOf: "2026-11-24", now: new Date("2028-01-01T00:00:00Z") },
        "[pki.asOf] is 2026-11-24; allowed a day on which workload-ca-g1, which ends 2027-11-24, still outlives a leaf of 2160h; remove it, so that its successor can take over",
    ],
    [
        "a day so far ahead that what is made now has expired by then",
        { asOf: "2028-11-24" },
        "[pki.asOf] is 2028-11-24; allowed a day on which workload-ca-g3, which ends 2027-11-24, still outlives a leaf of 2160h; write an earlier day or remove it",
    ],
    [
        "an intermediate that ends too early",
        { last: lastUp("2026-11-24", { expires: new Date("2027-01-31T00:00:00Z") }) },
        "[pki.asOf] is not set, which means today, 2026-11-24; allowed a day on which workload-ca-g1, which ends 2027-01-31, still outlives a leaf of 2160h; write 2027-08-01, when its successor is due",
    ],
])("refuses %s", (_case, changes, message) => {
    expect(pkiDue({ ...clock, ...changes })).toEqual({ errors: [message] });
});

it("judges by the leaf: a shorter one fits a shorter issuer", () => {
    const short = lastUp("2026-11-24", { expires: new Date("2027-01-31T00:00:00Z") });
    expect(shortOf({ last: short, leafLifetimeHours: 1128 })).toMatchObject({ issuing: 1 });
});

it("plays eleven years in monthly steps, each issuer outliving its leaves", () => {
    let state: LastUp | undefined;
    const generations = new Set<number | undefined>();
    const bundles = new Set<string>();
    for (let month = 0; month < 132; month++) {
        const day = new Date(Date.UTC(2026, 10 + month, 15));
        const due = pkiDue({ ...clock, now: day, last: state });
        if ("errors" in due) throw new Error(due.errors.join());
        const { issuing = 0, trustedRoots, rootSince } = due.plans.workload;
        generations.add(issuing);
        bundles.add(trustedRoots.join());
        const before = state?.hierarchies.workload;
        const expires =
            before?.issuing === issuing
                ? before.expires
                : new Date(day.getTime() + 8760 * 3_600_000);
        expect(expires.getTime() - day.getTime()).toBeGreaterThan(2160 * 3_600_000);
        state = lastUp(due.asOf, { issuing, trustedRoots, rootSince, expires });
    }
    expect([...generations]).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15]);
    expect([...bundles]).toEqual(["1", "1,2", "2"]);
});
