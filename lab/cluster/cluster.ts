import { existsSync, mkdirSync, rmSync } from "node:fs";
import { createServer } from "node:net";
import path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { writeAtomically } from "../host/files";
import { copyStore } from "../images/store";
import { createCgroups, removeCgroups } from "./cgroups";
import { clusterDaemons } from "./daemons";
import { dnsObjects } from "./dns";
import { startEdge } from "./edge/start";
import type { ClusterFiles } from "./files";
import { Kubectl } from "./kubectl";
import { loadBalancerAccess } from "./loadBalancerAccess";
import {
    createNamespaces,
    daemonRuns,
    destroyNamespaces,
    namespacesExist,
    startInside,
    stopDaemon,
} from "./namespaces";
import { renderNodeConfig } from "./nodeConfig";
import { writePki } from "./pki";
import { cluster } from "./settings";
import { renewVolumes } from "./volumes";

export interface ClusterArgs {
    readonly files: ClusterFiles;
    /** Path of the multi-call binary. */
    readonly kube: string;
    /** containerd root with the images unpacked. */
    readonly imageStore: string;
    /** Domain that the load balancers' hosts lie in, for example `local.bluefly.io`. */
    readonly domain: string;
    readonly report: (line: string) => void;
}

/** True for a cluster that was complete once and whose namespaces are still there: its data is good, whatever daemon died. */
export function clusterExists(files: ClusterFiles): boolean {
    return existsSync(files.complete) && namespacesExist(files);
}

/**
 * Brings the cluster up: node Ready, DNS answering. A complete one keeps its data and gets back the daemons that it lost; what is left
 * of a half-made one is dropped first.
 *
 * @returns true if it was made anew
 */
export async function ensureCluster(args: ClusterArgs): Promise<boolean> {
    const { files } = args;
    const fresh = !clusterExists(files);
    if (fresh) {
        await removeCluster(files);
        await prepare(args);
    }
    await startDaemons(args);
    const kubectl = new Kubectl(args.kube, files);
    if (fresh) await kubectl.apply([...loadBalancerAccess(), ...dnsObjects(files)]);
    await renewVolumes(files, kubectl);
    const ready = [
        "get",
        "node",
        cluster.nodeName,
        "-o",
        'jsonpath={.status.conditions[?(@.type=="Ready")].status}',
    ];
    await kubectl.until(ready, (status) => status === "True", 60);
    args.report("node Ready");
    await kubectl.run([
        "-n",
        "kube-system",
        "rollout",
        "status",
        "deployment/coredns",
        "--timeout=60s",
    ]);
    args.report("cluster DNS ready");
    writeAtomically(files.complete, "");
    return fresh;
}

/** Ends every process of the cluster and removes its files, cgroups and namespaces. What is not there is no error. */
export async function removeCluster(files: ClusterFiles): Promise<void> {
    rmSync(files.complete, { force: true });
    await stopDaemon(files, "edge-outside");
    await destroyNamespaces(files);
    removeCgroups(files.cgroup);
    rmSync(files.root, { recursive: true, force: true });
}

async function prepare({ files, imageStore, report }: ClusterArgs): Promise<void> {
    for (const folder of [files.records, files.log, files.dns, files.kubelet])
        mkdirSync(folder, { recursive: true });
    await copyStore(imageStore, files.store);
    await writePki(files, await freePort(cluster.apiPort));
    for (const [name, text] of Object.entries(renderNodeConfig(files)))
        writeAtomically(path.join(files.config, name), text);
    writeAtomically(path.join(files.dns, "hosts"), "");
    createCgroups(files.cgroup);
    await createNamespaces(files);
    report("namespaces ready");
}

/** Starts what does not run, in order. */
async function startDaemons(args: ClusterArgs): Promise<void> {
    const { files, kube, report } = args;
    const daemons = clusterDaemons(kube, files);
    for (const daemon of daemons.first) await startInside(files, daemon);
    await startEdge(files, args.domain);
    await apiServerReady(files, kube);
    report("API server ready");
    for (const daemon of daemons.afterApiServer) await startInside(files, daemon);
}

async function apiServerReady(files: ClusterFiles, kube: string): Promise<void> {
    const kubectl = new Kubectl(kube, files);
    const needed = ["etcd", "kube-apiserver", "edge-inside", "edge-outside"];
    const deadline = Date.now() + 60_000;
    for (;;) {
        const { stdout } = await kubectl.run(["get", "--raw", "/readyz"], { allowFailure: true });
        if (stdout === "ok") return;
        const dead = needed.find((name) => !daemonRuns(files, name));
        if (dead !== undefined)
            throw new Error(`${dead} ended; see ${path.join(files.log, dead)}.log`);
        if (Date.now() > deadline)
            throw new Error(
                `the API server is not ready after 60 s; see ${files.log}/kube-apiserver.log`,
            );
        await sleep(200);
    }
}

/** First port of 127.0.0.1 from `from` on that nobody has. */
async function freePort(from: number): Promise<number> {
    for (let port = from; port < from + 200; port++) {
        const free = await new Promise<boolean>((resolve) => {
            const probe = createServer().once("error", () => {
                resolve(false);
            });
            probe.listen(port, "127.0.0.1", () =>
                probe.close(() => {
                    resolve(true);
                }),
            );
        });
        if (free) return port;
    }
    throw new Error(`no port of 127.0.0.1 from ${from} to ${from + 199} is free`);
}
