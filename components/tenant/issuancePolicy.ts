import { formatGoDuration } from "../pki/goDuration";
import { CertificateUsage } from "../pki/workloadCertificate";
import { checkedHostName } from "../tls/hostName";
import { celTexts } from "./cel";

/** What this project writes of approver-policy's kind, and no more. @see https://cert-manager.io/docs/policy/approval/approver-policy/api-reference/ */
export const policyApi = "policy.cert-manager.io/v1alpha1";

export interface CertificateRequestPolicySpec {
    /** What may be asked for; what is not named here must be absent: URI, e-mail and IP names, subject attributes, other names. */
    readonly allowed: {
        readonly commonName?: { readonly validations: readonly ValidationRule[] };
        readonly dnsNames: {
            readonly required: true;
            readonly validations: readonly ValidationRule[];
        };
        readonly isCA: false;
        readonly usages: readonly string[];
    };
    readonly constraints: {
        /** Go duration; a request without a duration is denied. */
        readonly maxDuration: string;
    };
    readonly selector: {
        readonly issuerRef: {
            readonly name: string;
            readonly kind: string;
            readonly group: string;
        };
        readonly namespace: { readonly matchNames: readonly string[] };
    };
}

interface ValidationRule {
    /** CEL over `self`, one value, and `cr`, the request. */
    readonly rule: string;
    /** One line. */
    readonly message: string;
}

/** Who may be called what. */
export interface IssuanceGrant {
    /** Namespaces that ask; each may use names of its own services alone. */
    readonly namespaces: readonly string[];
    /** Names outside the cluster that its servers may have. */
    readonly hosts: readonly string[];
    /** Common names that its clients may have. */
    readonly commonNames: readonly string[];
}

/** The one issuer that names are given out for. */
export interface GrantedIssuer {
    readonly issuerName: string;
    /** `ClusterIssuer` or `Issuer`. */
    readonly issuerKind: string;
    /** Longest life of a leaf, in hours. */
    readonly lifetimeHours: number;
}

/** Name of one of an owner's two policies. */
export const policyName = (owner: string, usage: CertificateUsage): string => `${owner}-${usage}`;

/**
 * What an owner may ask the issuer for, once as a server and once as a client.
 *
 * approver-policy approves what one policy allows as a whole. Its `usages` are a set of which a request takes a part, so one policy
 * with both uses would let one certificate have both; two policies do not, and hosts stay with servers, common names with clients.
 * A request with neither use passes `usages` as an empty part: the admission policy `certificate-requests` refuses that one.
 *
 * @throws an error that names the argument, if a host or a common name cannot be one
 */
export function issuancePolicies(
    grant: IssuanceGrant,
    issuer: GrantedIssuer,
): Readonly<Record<CertificateUsage, CertificateRequestPolicySpec>> {
    const common = {
        constraints: { maxDuration: formatGoDuration(issuer.lifetimeHours * 60) },
        selector: {
            issuerRef: {
                name: issuer.issuerName,
                kind: issuer.issuerKind,
                group: "cert-manager.io",
            },
            namespace: { matchNames: [...grant.namespaces].sort() },
        },
    };
    return {
        [CertificateUsage.Server]: { allowed: serverAllowed(grant), ...common },
        [CertificateUsage.Client]: { allowed: clientAllowed(grant), ...common },
    };
}

/** One label, then the request's own namespace: a wildcard in approver-policy's `values` would match dots too. */
const ownName = (suffix: string): string =>
    `self.matches("^[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?[.]" + cr.namespace + "[.]svc${suffix}$")`;

function serverAllowed({ hosts }: IssuanceGrant): CertificateRequestPolicySpec["allowed"] {
    const names = ownName("([.]cluster[.]local)?");
    const granted = hosts.map((host) => checkedHostName("hosts", host));
    return {
        dnsNames: {
            required: true,
            validations: [
                granted.length === 0
                    ? { rule: names, message: "a server has names of its own namespace" }
                    : {
                          rule: `self in ${celTexts(granted)} || ${names}`,
                          message:
                              "a server has names of its own namespace and hosts granted to it",
                      },
            ],
        },
        isCA: false,
        usages: ["digital signature", "server auth"],
    };
}

const clientAllowed = ({
    commonNames,
}: IssuanceGrant): CertificateRequestPolicySpec["allowed"] => ({
    ...(commonNames.length === 0
        ? {}
        : {
              commonName: {
                  validations: [
                      {
                          rule: `self in ${celTexts(commonNames.map(checkedCommonName))}`,
                          message: "a client has common names granted to it",
                      },
                  ],
              },
          }),
    dnsNames: {
        required: true,
        validations: [
            { rule: ownName(""), message: "a client has its identity, in its own namespace" },
        ],
    },
    isCA: false,
    usages: ["digital signature", "client auth"],
});

/** The same that a WorkloadCertificate takes. */
function checkedCommonName(commonName: string): string {
    if (/^[A-Za-z0-9._-]{1,64}$/.test(commonName)) return commonName;
    throw new Error(
        `[commonNames] has ${JSON.stringify(commonName)}; allowed 1 to 64 letters, digits, ".", "_" and "-"`,
    );
}
