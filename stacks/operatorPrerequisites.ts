import { issuerName } from "../components/platform/parts";
import { policyApi } from "../components/tenant/issuancePolicy";
import { approverUser, certManagerUser } from "../components/tenant/operators";
import type { Access, Environment } from "./prerequisites";

/** cert-manager maintains its two latest minor versions; this was run with 1.21. */
const oldestCertManager = 20;
const installCertManager = `install cert-manager 1.${oldestCertManager} or later with its CRDs`;

export async function certManagerErrors({ cluster, now }: Environment): Promise<string[]> {
    const kinds = ["certificates", "certificaterequests", "clusterissuers", "issuers"];
    const served = await Promise.all(
        kinds.map((kind) => cluster.servedVersions(`${kind}.cert-manager.io`)),
    );
    const absent = kinds.filter((_kind, index) => !served[index]?.includes("v1"));
    if (absent.length > 0)
        return [`cert-manager: ${absent.join(", ")} are not served as v1; ${installCertManager}`];
    const seen = await cluster.leaderSeen("cert-manager-controller");
    return [
        ...(isAlive(seen, now)
            ? []
            : [`cert-manager: its controller ${lastSeen(seen)}; ${installCertManager}`]),
        ...versionErrors(await cluster.certManagerVersion()),
    ];
}

/** Longer than a controller that is alive lets its lease go without renewal. */
const leaseSeconds = 120;

const isAlive = (seen: Date | undefined, now: Date): boolean =>
    seen !== undefined && now.getTime() - seen.getTime() < leaseSeconds * 1000;

const lastSeen = (seen: Date | undefined): string =>
    seen ? `was last seen ${seen.toISOString()}` : "has never been seen";

function versionErrors(version: string | undefined): string[] {
    if (version === undefined) return [];
    const [, major, minor] = /^v?(\d+)\.(\d+)/.exec(version) ?? [];
    if (Number(major) > 1 || (major === "1" && Number(minor) >= oldestCertManager)) return [];
    return [`cert-manager: its version is ${version}; ${installCertManager}`];
}

/** Where administrators are named, names are granted and guarded; elsewhere cert-manager's own approver says yes to all. */
export const areNamesGuarded = ({
    administrators: { users, groups },
}: Environment["config"]): boolean => users.length + groups.length > 0;

/** Group and version of CertificateRequestPolicy as it is rendered. */
const [policyGroup = "", policyVersion = ""] = policyApi.split("/");
const policies = "certificaterequestpolicies";
const installApproverPolicy = "install cert-manager's approver-policy with its CRDs";

/** Issuer of the leaves. */
const signer = `clusterissuers.cert-manager.io/${issuerName}`;

/** What judges the requests for certificates is there, and nothing else does. */
export async function approvalErrors(environment: Environment): Promise<string[]> {
    const { cluster, config, now } = environment;
    if (!areNamesGuarded(config)) return [];
    const served = await cluster.servedVersions(`${policies}.${policyGroup}`);
    if (!served.includes(policyVersion))
        return [
            `approver-policy: ${policies} are not served as ${policyVersion}; ${installApproverPolicy}`,
        ];
    const seen = await cluster.leaderSeen("policy.cert-manager.io");
    return [
        ...(isAlive(seen, now)
            ? []
            : [`approver-policy: its controller ${lastSeen(seen)}; ${installApproverPolicy}`]),
        ...(await approverErrors(environment)),
    ];
}

/** Rights and not flags: they are the same to see, whichever way an operator was installed. */
async function approverErrors({ cluster, config }: Environment): Promise<string[]> {
    const operators = { namespace: config.certManagerNamespace };
    const mayApprove = async (user: string): Promise<boolean> => {
        const answers = await Promise.all(approvals.map((access) => cluster.mayUser(user, access)));
        return answers.includes(true);
    };
    const [approver, certManager] = [approverUser(operators), certManagerUser(operators)];
    return [
        ...((await mayApprove(approver))
            ? []
            : [
                  `approver-policy: ${approver} may not approve for ${signer}; name that in its chart's app.approveSignerNames`,
              ]),
        ...((await mayApprove(certManager))
            ? [
                  `cert-manager: its default approver is on for ${signer}, and would grant every name; install it with disableAutoApproval: true`,
              ]
            : []),
    ];
}

/** cert-manager takes either for the right: to all issuers of a kind, or to one. */
const approvals: readonly Access[] = ["clusterissuers.cert-manager.io/*", signer].map((name) => ({
    verb: "approve",
    group: "cert-manager.io",
    resource: "signers",
    name,
}));

/** What refuses whom the API server would otherwise let through. */
export async function admissionErrors({ cluster, config }: Environment): Promise<string[]> {
    if (!areNamesGuarded(config) || (await cluster.servesAdmissionPolicies())) return [];
    return [
        "admission policies: validatingadmissionpolicies are not served as admissionregistration.k8s.io/v1; use Kubernetes 1.30 or later",
    ];
}
