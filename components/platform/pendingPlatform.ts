import * as pulumi from "@pulumi/pulumi";
import { createAuthorities, type Authorities, type AuthoritiesArgs } from "./authorities";

/**
 * An environment whose first intermediate waits for a signature: the keys and the requests, and nothing that needs a certificate.
 *
 * It has the type and the name of the platform that it will be, so that the `up` after the signature finds the same keys.
 */
export class PendingPlatform extends pulumi.ComponentResource {
    public static readonly __pulumiType = "encryption-in-transit:index:Platform";

    /** The hierarchies, of which the workloads' does not issue. */
    public readonly authorities: Authorities;

    constructor(name: string, args: AuthoritiesArgs, opts?: pulumi.ComponentResourceOptions) {
        super(PendingPlatform.__pulumiType, name, args, opts);
        this.authorities = createAuthorities(args, { parent: this });
        this.registerOutputs({});
    }
}
