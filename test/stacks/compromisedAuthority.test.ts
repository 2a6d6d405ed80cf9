import { addDays, formatDay } from "../../components/pki/generations";
import { Purpose, RootMode } from "../../components/pki/hierarchy";
import type { LastUp } from "../../stacks/lastUp";
import type { PkiClock } from "../../stacks/pkiClock";
import { pkiDue } from "../../stacks/pkiDue";
import { makeSigned, type SignedHierarchy } from "../components/pki/signedHierarchy";
import { managedClock } from "./managedClock";

/** The ups of docs/runbooks/ca-compromised.md: a whole root change on one day, by another epoch and, at its end, by pki.asOf. */
const now = new Date("2027-03-10T10:00:00Z");
const today = formatDay(now);
const midnight = new Date(`${today}T00:00:00Z`);
const purposes = Object.values(Purpose);

/** A root signs twelve intermediates of 273 days: with this epoch, today is the day of the next root's first. */
const nextRootsEpoch = formatDay(addDays(midnight, -3276));
const after91Days = formatDay(addDays(midnight, 91));

const clock = managedClock(now);

/** What the next `up` reads of an `up`. Simulated: certificates end a year after they are made. */
function up(changes: Partial<PkiClock>): LastUp {
    const due = pkiDue({ ...clock, ...changes });
    if ("errors" in due) throw new Error(due.errors.join("\n"));
    const hierarchies = Object.values(due.plans).flatMap(
        ({ purpose, issuing, trustedRoots, rootSince }) =>
            issuing === undefined
                ? []
                : [
                      [
                          purpose,
                          { issuing, trustedRoots, rootSince, expires: addDays(now, 365) },
                      ] as const,
                  ],
    );
    return { asOf: due.asOf, hierarchies: Object.fromEntries(hierarchies), requests: {} };
}

/** What issues and is trusted: the same of all purposes, which have one epoch. */
function stateOf({ hierarchies }: LastUp) {
    const states = purposes.map((purpose) => {
        const { issuing, trustedRoots } = hierarchies[purpose] ?? {};
        return JSON.stringify({ issuing, trustedRoots });
    });
    expect(new Set(states).size).toBe(1);
    return JSON.parse(String(states[0])) as unknown;
}

const before = () => up({ now: new Date("2027-03-01T10:00:00Z") });

it("is trust, issuance and end of the old root in three ups of one day", () => {
    const epoch = nextRootsEpoch;
    const trusting = up({ epoch, last: before() });
    expect(stateOf(trusting)).toEqual({ issuing: 1, trustedRoots: [1, 2] });
    const issuing = up({ epoch, last: trusting });
    expect(stateOf(issuing)).toEqual({ issuing: 13, trustedRoots: [1, 2] });
    // By the calendar the old root would stay for as long as a leaf of it could.
    expect(stateOf(up({ epoch, last: issuing }))).toEqual({ issuing: 13, trustedRoots: [1, 2] });
    const dropped = up({ epoch, last: issuing, asOf: after91Days });
    expect(stateOf(dropped)).toEqual({ issuing: 13, trustedRoots: [2] });
});

it("keeps the pinned day until the clock has come to it, and goes on by itself from there", () => {
    const epoch = nextRootsEpoch;
    const issuing = up({ epoch, last: up({ epoch, last: before() }) });
    const dropped = up({ epoch, last: issuing, asOf: after91Days });
    expect(pkiDue({ ...clock, epoch, last: dropped })).toEqual({
        errors: [expect.stringContaining(`write ${after91Days} or later`)],
    });
    const later = { epoch, last: dropped, now: addDays(now, 91) };
    expect(stateOf(up(later))).toEqual({ issuing: 13, trustedRoots: [2] });
});

it("drops nothing before the new root issues", () => {
    const trusting = up({ epoch: nextRootsEpoch, last: before() });
    const early = up({ epoch: nextRootsEpoch, last: trusting, asOf: after91Days });
    expect(stateOf(early)).toEqual({ issuing: 13, trustedRoots: [1, 2] });
});

describe("offline", () => {
    const old = new Map<Purpose, SignedHierarchy>();
    const fresh = new Map<Purpose, SignedHierarchy>();

    beforeAll(async () => {
        for (const purpose of purposes) {
            old.set(purpose, await makeSigned(purpose, new Date("2026-11-01T00:00:00Z")));
            fresh.set(purpose, await makeSigned(purpose, midnight, 13));
        }
    });

    const named = (
        from: ReadonlyMap<Purpose, SignedHierarchy>,
        suffix: string,
        field: keyof Omit<SignedHierarchy, "sign">,
    ) =>
        Object.fromEntries([...from].map(([purpose, one]) => [`${purpose}-${suffix}`, one[field]]));

    it("waits in between for the ceremony, which signs what the first of them requests", () => {
        const requests = named(old, "ca-g1", "csrPem");
        const roots = named(old, "root-g1", "rootPem");
        const certificates = named(old, "ca-g1", "certificatePem");
        const rootMode = RootMode.Offline;
        const first: LastUp = { asOf: "2026-11-01", hierarchies: {}, requests };
        const built = { ...up({ rootMode, roots, certificates, last: first }), requests };
        expect(stateOf(built)).toEqual({ issuing: 1, trustedRoots: [1] });

        const both = { ...roots, ...named(fresh, "root-g2", "rootPem") };
        const epoch = nextRootsEpoch;
        const change = { rootMode, epoch, roots: both };
        const trusting = up({ ...change, certificates, last: built });
        expect(stateOf(trusting)).toEqual({ issuing: 1, trustedRoots: [1, 2] });

        const signed = { ...certificates, ...named(fresh, "ca-g13", "certificatePem") };
        const requested = { ...requests, ...named(fresh, "ca-g13", "csrPem") };
        const last = { ...trusting, requests: requested };
        const issuing = up({ ...change, certificates: signed, last });
        expect(stateOf(issuing)).toEqual({ issuing: 13, trustedRoots: [1, 2] });

        const now13 = { ...issuing, requests: named(fresh, "ca-g13", "csrPem") };
        const dropped = up({ ...change, certificates: signed, last: now13, asOf: after91Days });
        expect(stateOf(dropped)).toEqual({ issuing: 13, trustedRoots: [2] });
        const cleaned = {
            rootMode,
            epoch,
            roots: named(fresh, "root-g2", "rootPem"),
            certificates: named(fresh, "ca-g13", "certificatePem"),
        };
        const end = up({
            ...cleaned,
            last: { ...dropped, requests: now13.requests },
            asOf: after91Days,
        });
        expect(stateOf(end)).toEqual({ issuing: 13, trustedRoots: [2] });
    });
});
