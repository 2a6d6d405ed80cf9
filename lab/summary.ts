import type { LabPaths } from "./cache";
import { clusterFiles } from "./cluster/files";
import { readForwards } from "./connections";

/** Where everything is, for a person. */
export function summary(paths: LabPaths): string {
    const forwards = readForwards(paths).flatMap(({ hosts, target, localPort }) =>
        hosts.map((host) => `${host}:${target.port} on 127.0.0.1:${localPort}`),
    );
    return [...forwards, `KUBECONFIG ${clusterFiles(paths).kubeconfig}`].join("; ");
}
