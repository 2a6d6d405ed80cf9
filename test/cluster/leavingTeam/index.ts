import * as pulumi from "@pulumi/pulumi";
import { Tenant } from "../../../components";

const config = new pulumi.Config();

new Tenant("leavers", {
    namespaces: ["leavers"],
    group: "leavers-team",
    offboarding: config.getBoolean("offboarding") ?? false,
    issuance: {
        issuerName: config.require("issuerName"),
        issuerKind: "ClusterIssuer",
        lifetimeHours: 2160,
        certManagerNamespace: "cert-manager",
    },
    trustBundleName: config.require("trustBundleName"),
    rootCertificatesPem: [config.require("root")],
});
