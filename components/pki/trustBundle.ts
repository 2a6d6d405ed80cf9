import * as k8s from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import { childOf } from "../childOptions";

/** Key of the ConfigMap that holds the roots. */
export const trustBundleKey = "ca.crt";

export interface TrustBundleArgs {
    /** Name of the ConfigMap in every namespace. */
    bundleName: string;
    /** Namespaces that trust these roots. Plain, since resources are named by them. */
    namespaces: string[];
    /** Roots of one hierarchy, PEM. Bundles of different hierarchies never mix. */
    rootCertificatesPem: pulumi.Input<pulumi.Input<string>[]>;
}

/** The roots that workloads trust, as a ConfigMap in each of their namespaces. */
export class TrustBundle extends pulumi.ComponentResource {
    /** Lets a policy match the component itself with `validateResourceOfType`. */
    public static readonly __pulumiType = "encryption-in-transit:index:TrustBundle";

    public readonly bundleName: string;

    constructor(name: string, args: TrustBundleArgs, opts?: pulumi.ComponentResourceOptions) {
        super(TrustBundle.__pulumiType, name, args, opts);
        this.bundleName = args.bundleName;
        const text = pulumi
            .output(args.rootCertificatesPem)
            .apply((pems) => pems.map((pem) => `${pem.trim()}\n`).join(""));
        for (const namespace of args.namespaces) {
            new k8s.core.v1.ConfigMap(
                `${name}-${namespace}`,
                {
                    metadata: { name: args.bundleName, namespace },
                    data: { [trustBundleKey]: text },
                },
                childOf(this, opts),
            );
        }
        this.registerOutputs({ bundleName: this.bundleName });
    }
}
