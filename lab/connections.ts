import { existsSync, readFileSync } from "node:fs";
import type { LabPaths } from "./cache";
import { connectFlags, type Forward } from "./cluster/edge/forwardTable";
import { clusterFiles } from "./cluster/files";

/** What the load balancer stand-in wrote down last; empty while it does not run. */
export function readForwards(paths: LabPaths): readonly Forward[] {
    const file = clusterFiles(paths).forwards;
    return existsSync(file) ? (JSON.parse(readFileSync(file, "utf8")) as Forward[]) : [];
}

/** `--connect HOST:PORT=127.0.0.1:PORT` for each load balancer port. */
export function labConnectFlags(paths: LabPaths): string[] {
    return connectFlags(readForwards(paths));
}
