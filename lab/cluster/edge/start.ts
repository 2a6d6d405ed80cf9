import { existsSync, readFileSync } from "node:fs";
import path from "node:path";
import { nodeBinary, projectRoot } from "../../cache";
import { writeAtomically } from "../../host/files";
import type { ClusterFiles } from "../files";
import { startInside, startOutside, stopDaemon } from "../namespaces";
import type { EdgeSettings } from "./outside";

const TYPESCRIPT_LOADER = path.join(projectRoot, "node_modules", "tsx", "dist", "loader.mjs");

/**
 * Starts the two halves of the way into the namespaces, unless they run; the outer one again where its settings are not those that
 * it was started with.
 *
 * @param domain domain of the load balancers' hosts
 */
export async function startEdge(files: ClusterFiles, domain: string): Promise<void> {
    const kubeconfig = path.join(files.pki, "load-balancer-outside.kubeconfig");
    const settings: EdgeSettings = {
        socketFile: files.edgeSocket,
        kubeconfig,
        apiPort: portOf(kubeconfig),
        domain,
        forwardsFile: files.forwards,
        hostsFile: path.join(files.dns, "hosts"),
    };
    const file = path.join(files.config, "edge.json");
    const text = `${JSON.stringify(settings, null, 2)}\n`;
    if (!existsSync(file) || readFileSync(file, "utf8") !== text) {
        await stopDaemon(files, "edge-outside");
        writeAtomically(file, text);
    }
    const half = (name: string, argument: string): [string, ...string[]] => [
        nodeBinary,
        "--import",
        TYPESCRIPT_LOADER,
        path.join(__dirname, `${name}.ts`),
        argument,
    ];
    await startInside(files, { name: "edge-inside", command: half("inside", files.edgeSocket) });
    await startOutside(files, { name: "edge-outside", command: half("outside", file) });
}

/** The port of 127.0.0.1 that was chosen when the kubeconfig was written. */
function portOf(kubeconfig: string): number {
    const port = /server: https:\/\/127\.0\.0\.1:(\d+)/.exec(readFileSync(kubeconfig, "utf8"))?.[1];
    if (port === undefined)
        throw new Error(`${kubeconfig} names no port of 127.0.0.1; run down, then up`);
    return Number(port);
}
