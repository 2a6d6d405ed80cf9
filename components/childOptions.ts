import type * as pulumi from "@pulumi/pulumi";

/** Options of a component's child: under it, and after whatever the component itself waits for, which parentage does not say. */
export const childOf = (
    parent: pulumi.Resource,
    opts: pulumi.ComponentResourceOptions | undefined,
): Pick<pulumi.ComponentResourceOptions, "parent" | "dependsOn"> =>
    opts?.dependsOn === undefined ? { parent } : { parent, dependsOn: opts.dependsOn };
