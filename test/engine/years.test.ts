import { Purpose, RootMode } from "../../components/pki/hierarchy";
import { Environment } from "./years/environment";
import { certificatesIn, verify, type Leaf } from "./years/leaf";
import { Play, type Moment, type Played } from "./years/play";
import { bodyOf } from "./years/state";

/**
 * Years 0 to 11 in monthly steps, each through the real engine, with the real plugins and a cluster; the clock of the program and of
 * the plugins is moved to the day. Simulated are the leaves, which the test signs by what lies in the cluster's Secrets: the clock of
 * cert-manager cannot be moved.
 */
const purposes = Object.values(Purpose);
const modes = Object.values(RootMode);
const environments = new Map<RootMode, Environment>();
const plays = new Map<RootMode, Played>();

beforeAll(async () => {
    // Both at once: each waits for an engine most of the time.
    await Promise.all(
        modes.map(async (mode) => {
            const environment = await Environment.make(`years-${mode}`);
            environments.set(mode, environment);
            plays.set(mode, await new Play(environment, mode).run());
        }),
    );
}, 25 * 60_000);

afterAll(async () => {
    await Promise.all([...environments.values()].map((environment) => environment.remove()));
});

const playOf = (mode: RootMode): Played => {
    const played = plays.get(mode);
    if (played === undefined) throw new Error(`${mode} was not played`);
    return played;
};

/** Moments at which something issues, with the time until which they last. */
const issuingMoments = (mode: RootMode) =>
    playOf(mode).moments.flatMap((moment, index, all) => {
        const until = all.slice(index + 1).find(({ day }) => day > moment.day)?.day ?? moment.day;
        const { published } = moment;
        return published === undefined ? [] : [{ ...moment, published, until: noon(until) }];
    });

const lastSecond = ({ notAfter }: Leaf): Date => new Date(notAfter.getTime() - 1000);

const noon = (day: string): Date => new Date(`${day}T13:00:00Z`);

const commonName = (subject: string): string => /CN=(\S+)/.exec(subject)?.[1] ?? "";

/** The names of an array in the order in which they first come. */
const distinct = <T>(all: readonly T[]): T[] => [...new Set(all)];

/** Roots that are trusted and intermediates that issue, as the outputs have them. */
const inUse = ({ state: { outputs } }: Moment): { roots: string[]; issuing: string[] } => {
    const entries = Object.entries(outputs.pkiState);
    return {
        roots: entries.flatMap(([purpose, { trustedRoots }]) =>
            trustedRoots.map((root) => `${purpose}-root-g${root}`),
        ),
        issuing: entries.map(([purpose, { issuing }]) => `${purpose}-ca-g${issuing}`),
    };
};

/** What has a key in the state: managed roots do, and what is requested of offline ones. */
const expectedKeys = (mode: RootMode, moment: Moment): string[] => {
    const { roots, issuing } = inUse(moment);
    const { pkiRequests } = moment.state.outputs;
    return (mode === RootMode.Managed ? [...roots, ...issuing] : Object.keys(pkiRequests)).sort();
};

describe.each(modes)("with a %s root, years 0 to 11", (mode) => {
    it("are 132 monthly steps", () => {
        const { months } = playOf(mode);
        expect(months).toHaveLength(133);
        expect(months.at(0)?.day).toBe("2026-11-01");
        expect(months.at(-1)?.day).toBe("2037-11-01");
    });

    it("a preview finds something to do in the months of a step and in no other", () => {
        const { months } = playOf(mode);
        expect(months.filter(({ isDue, isChange }) => isDue !== isChange)).toEqual([]);
        expect(months.filter(({ isDue }) => isDue).length).toBeGreaterThan(15);
        expect(months.filter(({ isDue }) => !isDue).length).toBeGreaterThan(80);
    });

    it.each(purposes)("one generation issues at a time, each in its turn: %s", (purpose) => {
        const moments = issuingMoments(mode);
        const issuing = moments.map(({ published, state }) => {
            const [intermediate, root, ...more] = certificatesIn(published[purpose].chainPem);
            const name = commonName(intermediate?.subject ?? "");
            expect(more).toEqual([]);
            expect(commonName(root?.subject ?? "")).toBe(commonName(intermediate?.issuer ?? ""));
            expect(name).toBe(`${purpose}-ca-g${state.outputs.pkiState[purpose]?.issuing ?? 0}`);
            expect(bodyOf(state.keys.get(name) ?? "")).toBe(bodyOf(published[purpose].keyPem));
            return name;
        });
        const turns = Array.from({ length: 15 }, (_none, index) => `${purpose}-ca-g${index + 1}`);
        // Once each: none comes back.
        const changes = issuing.filter((name, index) => name !== issuing[index - 1]);
        expect(changes).toEqual(turns);
    });

    it("no leaf outlives its issuer, nor the issuer its root", () => {
        for (const { leaves } of issuingMoments(mode))
            for (const leaf of Object.values(leaves).flat()) {
                const [intermediate, root] = certificatesIn(leaf.chainPem);
                const ends = [leaf.notAfter, intermediate?.validToDate, root?.validToDate];
                expect(ends).toEqual([...ends].sort((a, b) => Number(a) - Number(b)));
                const begins = [root?.validFromDate, intermediate?.validFromDate, leaf.notBefore];
                expect(begins).toEqual([...begins].sort((a, b) => Number(a) - Number(b)));
            }
    });

    it.each(purposes)(
        "every valid leaf chains to the bundle, the one before too: %s",
        (purpose) => {
            const moments = issuingMoments(mode);
            const failed = moments.flatMap(({ day, leaves, published, until }, index) => {
                const valid = leaves[purpose] ?? [];
                const before = moments[index - 1]?.published ?? published;
                const ending = valid.filter(({ notAfter }) => notAfter <= until);
                const lasting = valid.filter(({ notAfter }) => notAfter > until);
                const { bundlePem } = published[purpose];
                const isWell =
                    valid.length > 0 &&
                    verify(bundlePem, valid, noon(day)) &&
                    // Whoever has not read the new bundle yet.
                    verify(before[purpose].bundlePem, valid, noon(day)) &&
                    // Until the next `up` the bundle stays as it is.
                    verify(bundlePem, lasting, until) &&
                    ending.every((leaf) => verify(bundlePem, [leaf], lastSecond(leaf)));
                return isWell ? [] : [day];
            });
            expect(failed).toEqual([]);
        },
    );

    it("no leaf chains to the bundle of another purpose", () => {
        const [workload, mesh, vpn] = [Purpose.Workload, Purpose.Mesh, Purpose.Vpn];
        for (const { day, leaves, published, isUp } of issuingMoments(mode)) {
            if (!isUp) continue;
            for (const [mine, other] of [
                [workload, mesh],
                [mesh, vpn],
                [vpn, workload],
            ] as const)
                for (const leaf of leaves[mine] ?? [])
                    expect(verify(published[other].bundlePem, [leaf], noon(day))).toBe(false);
        }
    });

    it("bundles hold the roots that the outputs name, of one purpose each", () => {
        const seen = issuingMoments(mode).map((moment) => {
            const held = purposes.flatMap((purpose) =>
                certificatesIn(moment.published[purpose].bundlePem).map(({ subject }) =>
                    commonName(subject),
                ),
            );
            expect([...held].sort()).toEqual(inUse(moment).roots.sort());
            return held.filter((name) => name.startsWith("workload-")).join(" ");
        });
        expect(distinct(seen)).toEqual([
            "workload-root-g1",
            "workload-root-g1 workload-root-g2",
            "workload-root-g2",
        ]);
    });

    it("no key and no state is left of generations that were dropped", () => {
        const keysSoFar = new Map<string, string>();
        for (const moment of playOf(mode).moments) {
            const { state } = moment;
            const names = expectedKeys(mode, moment);
            expect([...state.keys.keys()].sort()).toEqual(names);
            for (const [name, pem] of state.keys) {
                // The same key for as long as there is one of that name.
                expect(keysSoFar.get(name) ?? bodyOf(pem)).toBe(bodyOf(pem));
                keysSoFar.set(name, bodyOf(pem));
            }
            // Those of these names, wherever else they lie.
            expect(new Set(state.bodies)).toEqual(new Set(state.forms.map(bodyOf)));
            expect([...state.generations].sort()).toEqual(names);
            expect(state.pending).toEqual([]);
        }
        // It saw all of them come: 15 intermediates a purpose, and the roots where they are managed.
        const roots = mode === RootMode.Managed ? 2 : 0;
        expect(keysSoFar.size).toBe(purposes.length * (15 + roots));
    });

    it("only the current root is protected", () => {
        const seen = playOf(mode).moments.map(({ state: { protectedUrns } }) =>
            distinct(protectedUrns.map((urn) => urn.split("::").at(-1))),
        );
        const ofRoot = (root: number) => purposes.map((purpose) => `${purpose}-root-g${root}`);
        const all = distinct(seen.map((names) => [...names].sort().join(" ")));
        const expected = mode === RootMode.Managed ? [1, 2].map(ofRoot) : [[]];
        expect(all).toEqual(expected.map((names) => names.sort().join(" ")));
    });

    it("Secrets and bundles are changed and never made anew", () => {
        const uids = issuingMoments(mode).flatMap(({ published }) =>
            Object.values(published).flatMap((one) => one.uids),
        );
        expect(distinct(uids)).toHaveLength(2 * purposes.length);
    });
});

it("ceremonies make two roots and sign what is requested, once each", () => {
    const { ceremonies } = playOf(RootMode.Offline);
    expect(distinct(ceremonies)).toEqual(ceremonies);
    expect(ceremonies.filter((one) => one.startsWith("made ")).sort()).toEqual(
        purposes.flatMap((purpose) => [1, 2].map((root) => `made ${purpose}-root-g${root}`)).sort(),
    );
    expect(ceremonies.filter((one) => one.startsWith("signed ")).length).toBeGreaterThanOrEqual(
        purposes.length * 15,
    );
    expect(playOf(RootMode.Managed).ceremonies).toEqual([]);
});

it("refuses to destroy what the current root protects", async () => {
    const { status = 0, text = "" } =
        (await environments.get(RootMode.Managed)?.run("destroy", "--yes", "--skip-preview")) ?? {};
    expect(status).not.toBe(0);
    expect(text).toMatch(/root-g2.*protect/s);
});
