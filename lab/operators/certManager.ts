import { readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { certManagerBinary } from "../build/goBinaries";
import { moduleFolder } from "../build/goModules";
import type { LabPaths } from "../cache";
import { startInside, type Daemon } from "../cluster/namespaces";
import { CERT_MANAGER_NAMESPACE, certManagerAccess } from "./certManagerAccess";
import {
    CERT_MANAGER_WEBHOOK_PORT,
    certManagerWebhookFlags,
    certManagerWebhooks,
} from "./certManagerWebhook";
import { listening } from "./listening";
import type { OperatorArgs } from "./operatorArgs";

/** Prometheus port of the controllers, on 127.0.0.1 inside the namespaces. */
const METRICS_PORT = 9402;

/** The reconciler that approves whatever is asked for. */
const DEFAULT_APPROVER = "certificaterequests-approver";

/**
 * Brings up cert-manager: its definitions, its rights, and its real controllers and webhook as a process beside the cluster's daemons.
 * It approves nothing: approver-policy does.
 */
export async function ensureCertManager({
    paths,
    files,
    kubectl,
    controller,
}: OperatorArgs): Promise<void> {
    await kubectl.apply(certManagerAccess());
    await kubectl.applyDefinitions(certManagerDefinitions(paths), "certificates.cert-manager.io");
    const daemon: Daemon = {
        name: "cert-manager",
        command: [
            controller,
            `-kubeconfig=${path.join(files.pki, "cert-manager.kubeconfig")}`,
            `-cluster-resource-namespace=${CERT_MANAGER_NAMESPACE}`,
            `-metrics-addr=127.0.0.1:${METRICS_PORT}`,
            `-skip=${DEFAULT_APPROVER}`,
            ...certManagerWebhookFlags(files),
        ],
    };
    await startInside(files, daemon);
    for (const port of [METRICS_PORT, CERT_MANAGER_WEBHOOK_PORT])
        await listening(files, daemon.name, port);
    await kubectl.apply(certManagerWebhooks(files));
}

/** The CustomResourceDefinitions of the chart in the module that the controller is built from. */
function certManagerDefinitions(paths: LabPaths): string {
    const folder = path.join(
        moduleFolder(certManagerBinary, "github.com/cert-manager/cert-manager", paths),
        "deploy",
        "charts",
        "cert-manager",
        "templates",
    );
    const files = readdirSync(folder).filter((name) => name.startsWith("crd-"));
    return files
        .map((name) => withoutTemplate(readFileSync(path.join(folder, name), "utf8")))
        .join("---\n");
}

/** The chart's definitions use templates for conditions and labels alone, each on lines of its own. */
export function withoutTemplate(text: string): string {
    const lines = text.split("\n").filter((line) => !/^\s*\{\{-? .*\}\}\s*$/.test(line));
    const left = lines.find((line) => line.includes("{{"));
    if (left !== undefined)
        throw new Error(
            `cert-manager's definitions hold a template that is not understood: ${left.trim()}`,
        );
    return lines.join("\n");
}
