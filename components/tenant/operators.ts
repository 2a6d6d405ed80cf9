/** Who of the operators does what, as their charts name them. */
export interface OperatorNames {
    /** Namespace of cert-manager and of approver-policy. */
    readonly namespace: string;
}

/** Name that the API server knows a ServiceAccount by. */
const accountUser = (namespace: string, name: string): string =>
    `system:serviceaccount:${namespace}:${name}`;

/** ServiceAccount of cert-manager's controller. @see cert-manager's chart */
export const certManagerAccount = "cert-manager";

/** Asks for certificates: it makes every CertificateRequest that a Certificate needs. */
export const certManagerUser = ({ namespace }: OperatorNames): string =>
    accountUser(namespace, certManagerAccount);

/** Approves and denies what is asked for. @see approver-policy's chart */
export const approverUser = ({ namespace }: OperatorNames): string =>
    accountUser(namespace, "cert-manager-approver-policy");
