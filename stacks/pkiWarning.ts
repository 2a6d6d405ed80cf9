import { GenerationState, intermediateName, rootName } from "../components/pki/hierarchy";
import type { PkiDue } from "./pkiDue";
import { isWaitingForTrust } from "./pkiLife";

/** What somebody has to do before the authorities can go on, as one line; undefined, if that is nothing. */
export function pkiWarning({ plans }: PkiDue): string | undefined {
    const all = Object.values(plans);
    const roots = all.flatMap(({ purpose, unknownRoots }) =>
        unknownRoots.map((root) => rootName(purpose, root)),
    );
    const requested = all.flatMap(({ purpose, generations }) =>
        generations
            .filter(({ state }) => state === GenerationState.Requested)
            .map(
                ({ generation, root }) =>
                    `${intermediateName(purpose, generation)} with ${rootName(purpose, root)}`,
            ),
    );
    const trusted = all
        .filter(isWaitingForTrust)
        .map(({ purpose, due }) => intermediateName(purpose, due));
    const parts = [
        part("make", roots, "and put their certificates into pki.roots"),
        part("sign", requested, "(requests: output pkiRequests; certificates: pki.certificates)"),
        part("run up again for", trusted, "whose roots are trusted from this one on"),
        plans.workload.issuing === undefined
            ? ["nothing that needs a certificate is built before"]
            : [],
    ].flat();
    return parts.length === 0 ? undefined : `${parts.join("; ")}; by when: output pkiSteps`;
}

const part = (verb: string, names: readonly string[], rest: string): string[] =>
    names.length === 0 ? [] : [`${verb} ${names.join(", ")} ${rest}`];
