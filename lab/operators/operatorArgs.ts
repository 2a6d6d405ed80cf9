import type { LabPaths } from "../cache";
import type { ClusterFiles } from "../cluster/files";
import type { Kubectl } from "../cluster/kubectl";

/** What an operator is brought up with. */
export interface OperatorArgs {
    readonly paths: LabPaths;
    readonly files: ClusterFiles;
    readonly kubectl: Kubectl;
    /** Path of its built program. */
    readonly controller: string;
}
