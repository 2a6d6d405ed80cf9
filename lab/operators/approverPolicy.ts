import { readFileSync } from "node:fs";
import path from "node:path";
import { approverPolicyBinary } from "../build/goBinaries";
import { moduleFolder } from "../build/goModules";
import { startInside, type Daemon } from "../cluster/namespaces";
import { approverPolicyAccess } from "./approverPolicyAccess";
import { CERT_MANAGER_NAMESPACE } from "./certManagerAccess";
import { listening } from "./listening";
import type { OperatorArgs } from "./operatorArgs";

/** Ports on 127.0.0.1 inside the namespaces; those of its chart are other daemons' there. */
const METRICS_PORT = 9403;
const READINESS_PORT = 6060;
const WEBHOOK_PORT = 10260;

/**
 * Brings up approver-policy after cert-manager: its definition, its rights, and itself as a process beside the cluster's daemons.
 *
 * Its webhook runs and nobody asks it: a policy that it would refuse is never Ready, and `pulumi up` waits until one is.
 */
export async function ensureApproverPolicy({
    paths,
    files,
    kubectl,
    controller,
}: OperatorArgs): Promise<void> {
    await kubectl.apply(approverPolicyAccess());
    await kubectl.applyDefinitions(
        readFileSync(definition(paths), "utf8"),
        "certificaterequestpolicies.policy.cert-manager.io",
    );
    const daemon: Daemon = {
        name: "approver-policy",
        command: [
            controller,
            `--kubeconfig=${path.join(files.pki, "approver-policy.kubeconfig")}`,
            `--leader-election-namespace=${CERT_MANAGER_NAMESPACE}`,
            `--metrics-bind-address=127.0.0.1:${METRICS_PORT}`,
            `--readiness-probe-bind-address=127.0.0.1:${READINESS_PORT}`,
            "--webhook-host=127.0.0.1",
            `--webhook-port=${WEBHOOK_PORT}`,
            `--webhook-ca-secret-namespace=${CERT_MANAGER_NAMESPACE}`,
        ],
    };
    await startInside(files, daemon);
    // It is ready when its webhook is. Who has a policy waits for that: none is Ready before it was looked at.
    await listening(files, daemon.name, WEBHOOK_PORT);
}

const definition = (paths: OperatorArgs["paths"]): string =>
    path.join(
        moduleFolder(approverPolicyBinary, "github.com/cert-manager/approver-policy", paths),
        "deploy",
        "crds",
        "policy.cert-manager.io_certificaterequestpolicies.yaml",
    );
