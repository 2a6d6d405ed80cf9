import { readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { certManagerBinary, sourceFolder } from "../build/goBinaries";
import type { LabPaths } from "../cache";
import { CLIENTS } from "../cluster/certificates";
import { dialInside } from "../cluster/edge/dial";
import type { ClusterFiles } from "../cluster/files";
import type { Kubectl } from "../cluster/kubectl";
import { daemonRuns, startInside, type Daemon } from "../cluster/namespaces";

export const CERT_MANAGER_NAMESPACE = "cert-manager";

/** Prometheus port of the controllers, on 127.0.0.1 inside the namespaces. */
const METRICS_PORT = 9402;

const MODULE = "github.com/cert-manager/cert-manager";

export interface CertManagerArgs {
    readonly paths: LabPaths;
    readonly files: ClusterFiles;
    readonly kubectl: Kubectl;
    /** Path of the built controller. */
    readonly controller: string;
}

/**
 * Brings up cert-manager: its definitions, its rights, and its real controllers as a process beside the cluster's daemons.
 *
 * There is no webhook and no CA injector: the definitions' own schema is what refuses a malformed object.
 */
export async function ensureCertManager({
    paths,
    files,
    kubectl,
    controller,
}: CertManagerArgs): Promise<void> {
    await kubectl.apply(certManagerAccess());
    await kubectl.applyYaml(certManagerDefinitions(paths));
    await kubectl.run([
        "wait",
        "--for=condition=Established",
        "--timeout=60s",
        "crd",
        "certificates.cert-manager.io",
    ]);
    const daemon: Daemon = {
        name: "cert-manager",
        command: [
            controller,
            `-kubeconfig=${path.join(files.pki, "cert-manager.kubeconfig")}`,
            `-cluster-resource-namespace=${CERT_MANAGER_NAMESPACE}`,
            `-metrics-addr=127.0.0.1:${METRICS_PORT}`,
        ],
    };
    await startInside(files, daemon);
    await listening(files);
}

async function listening(files: ClusterFiles): Promise<void> {
    const deadline = Date.now() + 30_000;
    while (Date.now() < deadline && daemonRuns(files, "cert-manager")) {
        try {
            (
                await dialInside(files.edgeSocket, {
                    protocol: "TCP",
                    address: "127.0.0.1",
                    port: METRICS_PORT,
                })
            ).destroy();
            return;
        } catch {
            await sleep(200);
        }
    }
    throw new Error(
        `cert-manager did not come up; see ${path.join(files.log, "cert-manager.log")}`,
    );
}

/** The CustomResourceDefinitions of the chart in the module that the controller is built from. */
function certManagerDefinitions(paths: LabPaths): string {
    const module = readFileSync(path.join(sourceFolder(certManagerBinary), "go.mod"), "utf8");
    const version = new RegExp(`${MODULE} (v\\S+)`).exec(module)?.[1];
    if (version === undefined)
        throw new Error(`lab/cert-manager/go.mod does not require ${MODULE}`);
    const folder = path.join(
        paths.go,
        "mod",
        `${MODULE}@${version}`,
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

/** The part of the chart's rights that the controllers in lab/cert-manager use. */
function certManagerAccess(): object[] {
    const apiGroup = "rbac.authorization.k8s.io";
    const name = "cert-manager-controller";
    return [
        { apiVersion: "v1", kind: "Namespace", metadata: { name: CERT_MANAGER_NAMESPACE } },
        { apiVersion: `${apiGroup}/v1`, kind: "ClusterRole", metadata: { name }, rules: rules() },
        {
            apiVersion: `${apiGroup}/v1`,
            kind: "ClusterRoleBinding",
            metadata: { name },
            roleRef: { apiGroup, kind: "ClusterRole", name },
            subjects: [{ apiGroup, kind: "User", name: CLIENTS["cert-manager"].user }],
        },
    ];
}

function rules(): object[] {
    const kinds = ["certificates", "certificaterequests", "issuers", "clusterissuers"];
    const read = ["get", "list", "watch"];
    const own = (resources: string[], verbs: string[], more: object = {}): object => ({
        apiGroups: ["cert-manager.io"],
        resources,
        verbs,
        ...more,
    });
    const of = (part: string): string[] => kinds.map((kind) => `${kind}/${part}`);
    return [
        own(kinds, [...read, "update", "patch"]),
        own(of("status"), ["update", "patch"]),
        own(of("finalizers"), ["update"]),
        own(["certificaterequests"], ["create", "delete"]),
        own(["signers"], ["approve"], {
            resourceNames: ["issuers.cert-manager.io/*", "clusterissuers.cert-manager.io/*"],
        }),
        {
            apiGroups: ["acme.cert-manager.io"],
            resources: ["orders", "challenges"],
            verbs: read,
        },
        {
            apiGroups: [""],
            resources: ["secrets"],
            verbs: [...read, "create", "update", "patch", "delete"],
        },
        { apiGroups: ["", "events.k8s.io"], resources: ["events"], verbs: ["create", "patch"] },
    ];
}
