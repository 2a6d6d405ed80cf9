import type { Outcome, Result } from "./check";

/** What one run of the verifier saw: the file that an auditor gets. */
export interface Evidence {
    readonly stack: string;
    readonly profile: string;
    /** When the run began, ISO 8601, UTC. */
    readonly time: string;
    /** Version of every program that looked, by name. */
    readonly tools: Readonly<Record<string, string>>;
    readonly summary: Readonly<Record<Outcome, number>>;
    readonly checks: readonly Omit<Result, "tool">[];
}

export interface Run {
    readonly stack: string;
    readonly profile: string;
    readonly time: Date;
    /** Results in the order of hops and checks, which is the same in every run. */
    readonly results: readonly Result[];
}

/** Makes the evidence of a run. */
export function makeEvidence({ stack, profile, time, results }: Run): Evidence {
    const tools = results.flatMap(({ tool }) => (tool ? [[tool.name, tool.version] as const] : []));
    return {
        stack,
        profile,
        time: time.toISOString(),
        tools: {
            node: process.versions.node,
            openssl: process.versions.openssl,
            ...Object.fromEntries(tools),
        },
        summary: countOutcomes(results),
        checks: results.map(({ hop, id, controls, outcome, wanted, seen }) => ({
            hop,
            id,
            controls,
            outcome,
            wanted,
            seen,
        })),
    };
}

/** How many checks passed, failed, and could not be looked at. */
export function countOutcomes(results: readonly Result[]): Record<Outcome, number> {
    const count = (wanted: Outcome): number =>
        results.filter(({ outcome }) => outcome === wanted).length;
    return { pass: count("pass"), fail: count("fail"), unknown: count("unknown") };
}

/** 1 where anything failed, else 2 where the verifier could not look (or looked at nothing), else 0. */
export function exitCodeOf(results: readonly Result[]): 0 | 1 | 2 {
    const { pass, fail, unknown } = countOutcomes(results);
    if (fail > 0) return 1;
    return unknown > 0 || pass === 0 ? 2 : 0;
}
