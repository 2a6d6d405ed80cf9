import type { HierarchyArgs, PlatformArgs } from "../components";
import { GenerationState, intermediateName, rootName } from "../components/pki/hierarchy";
import type { HierarchyPlan } from "../components/pki/pkiPlan";
import type { PkiDue } from "./pkiDue";
import type { Config } from "./schema";

/** The hierarchies that are due, with the certificates that config has. */
export const pkiArgs = (config: Config["pki"], { plans }: PkiDue): PlatformArgs["pki"] => ({
    rootMode: config.rootMode,
    workload: hierarchyArgs(plans.workload, config),
    mesh: hierarchyArgs(plans.mesh, config),
    vpn: hierarchyArgs(plans.vpn, config),
});

const hierarchyArgs = (
    { purpose, trustedRoots, currentRoot, generations }: HierarchyPlan,
    { roots, certificates }: Config["pki"],
): HierarchyArgs => ({
    roots: trustedRoots.map((generation) => ({
        generation,
        isCurrent: generation === currentRoot,
        ...certificate(roots[rootName(purpose, generation)]),
    })),
    intermediates: generations.map(({ generation, root, state }) => ({
        generation,
        rootGeneration: root,
        isIssuing: state === GenerationState.Issuing,
        ...certificate(certificates[intermediateName(purpose, generation)]),
    })),
});

const certificate = (pem: string | undefined) => (pem === undefined ? {} : { certificatePem: pem });
