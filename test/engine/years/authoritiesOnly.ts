import * as pulumi from "@pulumi/pulumi";
import { Purpose } from "../../../components/pki/hierarchy";
import {
    createAuthorities,
    createBundle,
    type Authorities,
} from "../../../components/platform/authorities";
import type { PlatformArgs } from "../../../components/platform/platformArgs";

/**
 * Stands for the platform in the project's own program: its authorities with their Secrets and bundles, under the name and the type
 * that they have there, and nothing of what runs on them. The namespace must exist.
 */
export class Platform extends pulumi.ComponentResource {
    public static readonly __pulumiType = "encryption-in-transit:index:Platform";

    public readonly authorities: Authorities;

    constructor(name: string, args: PlatformArgs, opts?: pulumi.ComponentResourceOptions) {
        super(Platform.__pulumiType, name, args, opts);
        this.authorities = createAuthorities(args, { parent: this });
        for (const purpose of Object.values(Purpose))
            if (args.pki[purpose].roots.length > 0)
                createBundle(purpose, this.authorities, [args.namespace], { parent: this });
        this.registerOutputs({});
    }
}

/** Stands for stacks/contract.ts, which publishes what is not there. */
export const publish = () => ({});
