import { messageOf } from "./errors";
import type { Hop } from "./hop";

/** `unknown` means that the verifier could not look: never counted as a pass. */
export type Outcome = "pass" | "fail" | "unknown";

/** What a look found. `seen` is for people, in a few words, and never holds a secret. */
export interface Sighting {
    readonly ok: boolean;
    readonly seen: string;
    /** The program that looked, where it was not the verifier itself. */
    readonly tool?: { readonly name: string; readonly version: string };
}

/** One requirement on a hop, and how to look whether it holds. */
export interface Check<H extends Hop = Hop> {
    /** Kebab case, unique in a hop. */
    readonly id: string;
    /** The NIST SP 800-53 controls that it gives evidence for. */
    readonly controls: readonly string[];
    /** What must be seen. */
    readonly wanted: (hop: H) => string;
    /** Looks. Anything that it throws means that it could not. */
    readonly look: (hop: H) => Promise<Sighting>;
    /** How long a look may take; default 30. */
    readonly limitSeconds?: number;
}

export interface Result {
    readonly id: string;
    readonly hop: string;
    readonly controls: readonly string[];
    readonly outcome: Outcome;
    readonly wanted: string;
    readonly seen: string;
    readonly tool?: { readonly name: string; readonly version: string };
}

/** Runs the checks of one hop, one after the other, in their order. Never throws. */
export async function runChecks<H extends Hop>(
    hop: H,
    checks: readonly Check<H>[],
): Promise<Result[]> {
    const results: Result[] = [];
    for (const check of checks) results.push(await runCheck(hop, check));
    return results;
}

/** Runs one check on one hop. Never throws: what could not be looked at is a result too. */
export async function runCheck<H extends Hop>(hop: H, check: Check<H>): Promise<Result> {
    try {
        const { ok, ...sighting } = await inTime(check.look(hop), check.limitSeconds ?? 30);
        return { ...describe(hop, check), outcome: ok ? "pass" : "fail", ...sighting };
    } catch (error) {
        return couldNotLook(hop, check, messageOf(error));
    }
}

/** The result of a check that nobody could carry out, with the reason. */
export function couldNotLook<H extends Hop>(hop: H, check: Check<H>, reason: string): Result {
    return { ...describe(hop, check), outcome: "unknown", seen: `could not look: ${reason}` };
}

function describe<H extends Hop>(
    hop: H,
    { id, controls, wanted }: Check<H>,
): Pick<Result, "id" | "hop" | "controls" | "wanted"> {
    return { id, hop: hop.name, controls, wanted: wanted(hop) };
}

async function inTime<T>(look: Promise<T>, seconds: number): Promise<T> {
    let timer: NodeJS.Timeout | undefined;
    const limit = new Promise<never>((_, reject) => {
        timer = setTimeout(() => {
            reject(new Error(`no answer within ${seconds} s`));
        }, seconds * 1000);
    });
    try {
        return await Promise.race([look, limit]);
    } finally {
        clearTimeout(timer);
    }
}
