import { PolicyPack } from "@pulumi/policy";
import { packPolicies } from "./crossguard";
import { rules } from "./rules";

new PolicyPack("encryption-in-transit", {
    displayName: "Encryption in transit",
    description: "Refuses what would let traffic cross the network weaker than mutual TLS 1.3.",
    policies: packPolicies(rules, () => new Date()),
});
