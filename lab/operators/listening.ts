import path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { dialInside } from "../cluster/edge/dial";
import type { ClusterFiles } from "../cluster/files";
import { daemonRuns } from "../cluster/namespaces";

/**
 * Waits until a daemon listens on a port of 127.0.0.1 inside the namespaces.
 *
 * @throws if it ends, or does not listen after 30 s
 */
export async function listening(files: ClusterFiles, daemon: string, port: number): Promise<void> {
    const deadline = Date.now() + 30_000;
    while (Date.now() < deadline && daemonRuns(files, daemon)) {
        try {
            const target = { protocol: "TCP", address: "127.0.0.1", port } as const;
            (await dialInside(files.edgeSocket, target)).destroy();
            return;
        } catch {
            await sleep(200);
        }
    }
    throw new Error(`${daemon} did not come up; see ${path.join(files.log, daemon)}.log`);
}
