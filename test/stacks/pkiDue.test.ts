import { pkiDue, type PkiClock } from "../../stacks/pkiDue";

const now = new Date("2026-11-24T10:00:00Z");

/** A year after `now`: what an intermediate that was made now ends on. */
const aYear = new Date("2027-11-24T10:00:00Z");

const clock: PkiClock = {
    epoch: "2026-11-01",
    asOf: undefined,
    now,
    leafLifetimeHours: 2160,
    last: undefined,
};

const last = { asOf: "2026-11-24", generation: 1, expires: aYear };

it.each<[string, Partial<PkiClock>, object]>([
    ["the first time", {}, { asOf: "2026-11-24", root: 1, intermediate: 1, nextDue: "2027-08-01" }],
    ["again on the same day", { last }, { asOf: "2026-11-24", intermediate: 1 }],
    ["on a later day", { last, asOf: "2026-12-24" }, { asOf: "2026-12-24", intermediate: 1 }],
    [
        "for the last day on which the intermediate outlives a leaf",
        { last, asOf: "2027-07-31" },
        { intermediate: 1 },
    ],
    [
        "when the next intermediate is due",
        { last, now: new Date("2027-08-01T00:00:00Z") },
        { asOf: "2027-08-01", intermediate: 2, nextDue: "2028-04-30" },
    ],
    ["on the day of the epoch", { epoch: "2026-11-24" }, { intermediate: 1 }],
])("says what is due %s", (_case, changes, due) => {
    expect(pkiDue({ ...clock, ...changes })).toMatchObject(due);
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
        { last: { ...last, asOf: "2027-03-01" } },
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
        { last: { ...last, expires: new Date("2027-01-31T00:00:00Z") } },
        "[pki.asOf] is not set, which means today, 2026-11-24; allowed a day on which workload-ca-g1, which ends 2027-01-31, still outlives a leaf of 2160h; write 2027-08-01, when its successor is due",
    ],
    [
        "a root that would be replaced in one step",
        { last: { ...last, generation: 12 }, now: new Date("2035-11-01T00:00:00Z") },
        "[pki.asOf] is not set, which means today, 2035-11-01; allowed a day of workload-root-g1; build a new environment: this version cannot replace a root that is trusted",
    ],
])("refuses %s", (_case, changes, message) => {
    expect(pkiDue({ ...clock, ...changes })).toEqual({ errors: [message] });
});

it("judges by the leaf: a shorter one fits a shorter issuer", () => {
    const short = { ...last, expires: new Date("2027-01-31T00:00:00Z") };
    expect(pkiDue({ ...clock, last: short, leafLifetimeHours: 1128 })).toMatchObject({
        intermediate: 1,
    });
});

it("plays eleven years in monthly steps, each issuer outliving its leaves", () => {
    let state: PkiClock["last"];
    const generations = new Set<number>();
    for (let month = 0; month < 105; month++) {
        const day = new Date(Date.UTC(2026, 10 + month, 15));
        const due = pkiDue({ ...clock, now: day, last: state });
        if ("errors" in due) throw new Error(due.errors.join());
        generations.add(due.intermediate);
        const expires =
            state?.generation === due.intermediate
                ? state.expires
                : new Date(day.getTime() + 8760 * 3_600_000);
        expect(expires.getTime() - day.getTime()).toBeGreaterThan(2160 * 3_600_000);
        state = { asOf: due.asOf, generation: due.intermediate, expires };
    }
    expect([...generations]).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12]);
});
