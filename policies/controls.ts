import type { PolicyComplianceFramework } from "@pulumi/policy";

/** A control of NIST SP 800-53 Rev. 5, as FedRAMP's baselines name it. */
export type Control = keyof typeof controlTitles;

/** Titles of the controls that rules serve. @see NIST SP 800-53 Rev. 5 */
export const controlTitles = {
    "CM-6": "Configuration Settings",
    "IA-3": "Device Identification and Authentication",
    "IA-5(2)": "Public Key-based Authentication",
    "SC-8": "Transmission Confidentiality and Integrity",
    "SC-8(1)": "Cryptographic Protection",
    "SC-12": "Cryptographic Key Establishment and Management",
    "SC-13": "Cryptographic Protection",
    "SC-17": "Public Key Infrastructure Certificates",
    "SC-23": "Session Authenticity",
} as const;

/** Which controls a rule serves, by its name. Only this file knows both. */
export const ruleControls: Readonly<Record<string, readonly Control[]>> = {
    "certificate-require-rotation": ["IA-5(2)", "SC-12", "SC-17"],
    "config-require-known-text": ["CM-6"],
    "nginx-forbid-plaintext": ["SC-8", "SC-8(1)"],
    "nginx-require-known-config": ["CM-6", "SC-8"],
    "nginx-require-tls13": ["IA-3", "SC-8", "SC-8(1)", "SC-13", "SC-23"],
    "root-forbid-managed": ["SC-12", "SC-17"],
};

/** The controls of a rule in the form that a policy pack publishes. */
export const frameworkOf = (rule: string): PolicyComplianceFramework => ({
    name: "NIST SP 800-53",
    version: "Rev. 5",
    reference: (ruleControls[rule] ?? []).join(", "),
    specification: (ruleControls[rule] ?? [])
        .map((control) => `${control} ${controlTitles[control]}`)
        .join("; "),
});
