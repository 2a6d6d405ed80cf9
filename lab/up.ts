import { existsSync, mkdirSync, rmSync } from "node:fs";
import path from "node:path";
import {
    approverPolicyBinary,
    binaryPath,
    certManagerBinary,
    kubeBinary,
    pulumiBinary,
} from "./build/goBinaries";
import { ensureBinary } from "./build/goBuild";
import { createFolders, type LabPaths } from "./cache";
import { clusterExists, ensureCluster, removeCluster } from "./cluster/cluster";
import { clusterFiles } from "./cluster/files";
import { Kubectl } from "./cluster/kubectl";
import { rememberImages, replaceChangedImages } from "./cluster/runningImages";
import { deploy } from "./deploy";
import { labEnvironment, officialFolder } from "./environment";
import { installMissingPackages } from "./host/packages";
import { inspectMachine, whatIsMissing } from "./host/preconditions";
import type { Image } from "./images/archive";
import { ensureImages } from "./images/images";
import { ensureImageStore } from "./images/store";
import { ensureTools } from "./images/tools";
import { ensureApproverPolicy } from "./operators/approverPolicy";
import { ensureCertManager } from "./operators/certManager";
import type { Step } from "./progress";
import { stackDomain } from "./stackFile";
import { summary } from "./summary";
import { verifyQuietly } from "./verify";

/** The lab from nothing to a verified platform. Each step finds out by itself what is done already. */
export function upSteps(paths: LabPaths): Step[] {
    let images: Image[] = [];
    return [
        { name: "machine", run: () => checkMachine(paths) },
        { name: "packages", run: installPackages },
        { name: "engine", run: (report) => installEngineStep(paths, report) },
        {
            name: "images",
            run: async (report) => {
                images = await ensureImages(paths, report);
                await ensureTools(paths, await ensureBinary(kubeBinary, paths, report));
                await ensureImageStore(images, paths);
                return `${images.length} images`;
            },
        },
        { name: "cluster", run: (report) => startCluster(paths, images, report) },
        { name: "operators", run: (report) => startOperators(paths, report) },
        { name: "deploy", run: (report) => deploy(paths, report) },
        { name: "verify", run: () => verifyQuietly(paths) },
        { name: "summary", run: () => Promise.resolve(summary(paths)) },
    ];
}

/**
 * The steps up to and with the one named.
 *
 * @throws if there is no step of that name
 */
export function stepsUntil(steps: readonly Step[], name: string | undefined): readonly Step[] {
    if (name === undefined) return steps;
    const index = steps.findIndex((step) => step.name === name);
    if (index < 0)
        throw new Error(
            `[--until] is ${name}; it may be ${steps.map((step) => step.name).join(", ")}`,
        );
    return steps.slice(0, index + 1);
}

async function checkMachine(paths: LabPaths): Promise<string> {
    const missing = whatIsMissing(await inspectMachine());
    if (missing !== undefined) throw new Error(missing);
    rmSync(paths.temporary, { recursive: true, force: true });
    createFolders(paths);
    return "";
}

async function installPackages(): Promise<string> {
    const installed = await installMissingPackages();
    return installed.length === 0 ? "" : `installed ${installed.join(", ")}`;
}

async function installEngineStep(paths: LabPaths, report: (line: string) => void): Promise<string> {
    const official = officialFolder(paths);
    if (official === undefined) await ensureBinary(pulumiBinary, paths, report);
    await labEnvironment(paths);
    return official === undefined
        ? path.basename(binaryPath(pulumiBinary, paths))
        : `official, ${official}`;
}

async function startCluster(
    paths: LabPaths,
    images: readonly Image[],
    report: (line: string) => void,
): Promise<string> {
    const kube = await ensureBinary(kubeBinary, paths, report);
    const files = clusterFiles(paths);
    // State and etcd describe each other: neither is of use without the other.
    if (!clusterExists(files) || !existsSync(paths.pulumi)) {
        await removeCluster(files);
        rmSync(paths.pulumi, { recursive: true, force: true });
    }
    const imageStore = await ensureImageStore(images, paths);
    const fresh = await ensureCluster({ files, kube, imageStore, domain: stackDomain(), report });
    mkdirSync(paths.pulumi, { recursive: true });
    if (fresh) rememberImages(files, images);
    const replaced = fresh
        ? []
        : await replaceChangedImages(files, images, new Kubectl(kube, files), paths);
    return replaced.length === 0
        ? "node Ready, DNS answers"
        : `node Ready, replaced ${replaced.join(", ")}`;
}

async function startOperators(paths: LabPaths, report: (line: string) => void): Promise<string> {
    const [certManager, approverPolicy] = [
        await ensureBinary(certManagerBinary, paths, report),
        await ensureBinary(approverPolicyBinary, paths, report),
    ];
    const files = clusterFiles(paths);
    const kubectl = new Kubectl(await ensureBinary(kubeBinary, paths, report), files);
    await ensureCertManager({ paths, files, kubectl, controller: certManager });
    await ensureApproverPolicy({ paths, files, kubectl, controller: approverPolicy });
    return "cert-manager v1.21.2, approver-policy v0.28.0";
}
