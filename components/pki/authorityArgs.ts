import type * as pulumi from "@pulumi/pulumi";
import { RootMode } from "./hierarchy";

/** Which generations of one hierarchy there are. All plain: resources are named by them. */
export interface HierarchyArgs {
    /** Roots that clients trust, oldest first. Offline: only those whose certificate is known. */
    roots: RootArgs[];
    /** Intermediates that have a key, oldest first. */
    intermediates: IntermediateArgs[];
}

export interface RootArgs {
    /** From 1. */
    generation: number;
    /** Whether it signs the intermediate that issues. It alone is protected against deletion. */
    isCurrent: boolean;
    /** Its certificate, PEM; where it is managed, it is made and this is left out. */
    certificatePem?: string;
}

export interface IntermediateArgs {
    /** From 1. */
    generation: number;
    /** Generation of the root that signs it. */
    rootGeneration: number;
    /** Whether leaves come from it: at most one does. */
    isIssuing: boolean;
    /** What was signed on the offline root's machine, PEM; left out while it is only requested, and where the root is managed. */
    certificatePem?: string;
}

export interface CertificateAuthorityArgs extends HierarchyArgs {
    /** Organization in the subjects of the hierarchy, for example the environment's domain. */
    organization: pulumi.Input<string>;
    /** `managed`: roots are made and their keys kept in the state, encrypted. `offline`: roots are known by certificate alone. */
    rootMode: RootMode;
    /** Namespace that cert-manager reads the Secrets of its ClusterIssuers from; nobody else may read there. */
    secretNamespace: pulumi.Input<string>;
    /** Secret of the issuing key pair: tls.crt is the intermediate, then the root. Plain, as names are given and never generated. */
    secretName: string;
}

/**
 * Checks what generations say together.
 *
 * @throws an error that names the argument
 */
export function checkHierarchy({ rootMode, roots, intermediates }: CertificateAuthorityArgs): void {
    const issuing = intermediates.filter(({ isIssuing }) => isIssuing);
    if (issuing.length > 1)
        throw new Error(
            `[intermediates] has ${issuing.length} that issue; allowed at most one: a ClusterIssuer has one key pair`,
        );
    for (const { generation, rootGeneration, certificatePem } of issuing) {
        const root = roots.find((one) => one.generation === rootGeneration);
        if (root?.isCurrent !== true)
            throw new Error(
                `[roots] has no current generation ${rootGeneration}, which signs intermediate ${generation}; a leaf of it would be trusted by nobody`,
            );
        if (rootMode === RootMode.Offline && certificatePem === undefined)
            throw new Error(
                `[intermediates] has no certificatePem of generation ${generation}; an offline root's intermediate issues when it is signed`,
            );
    }
    if (rootMode === RootMode.Offline && roots.some((root) => root.certificatePem === undefined))
        throw new Error("[roots] has one without certificatePem; an offline root is not made here");
}
