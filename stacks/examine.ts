import { execFileSync } from "node:child_process";
import { KubeConfig } from "@kubernetes/client-node";
import { isWhole, readConfig } from "./config";
import { currentCluster } from "./kubeconfig";
import { liveCluster } from "./liveCluster";
import { missing } from "./prerequisites";
import type { Config } from "./schema";
import { readStackFile } from "./stackFile";

/** What is said of a stack's environment before anything is built in it. */
export interface Examination {
    /** Undefined where a key is wrong: then nothing else was asked. */
    readonly config?: Config;
    /** What is wrong or missing, a line each. */
    readonly lines: readonly string[];
}

/** Asks KUBECONFIG's cluster and PATH's engine for what a stack's environment needs. */
export async function examine(stack: string): Promise<Examination> {
    const { config, errors } = readConfig("encryption-in-transit", readStackFile(stack));
    if (!isWhole(config)) return { lines: errors };
    const kubeconfig = new KubeConfig();
    kubeconfig.loadFromDefault();
    const lines = await missing({
        config,
        current: currentCluster(process.env),
        cluster: liveCluster(kubeconfig),
        pulumi: pulumiVersion(),
        now: new Date(),
    });
    return { config, lines: [...errors, ...lines] };
}

function pulumiVersion(): string | undefined {
    try {
        return execFileSync("pulumi", ["version"], { encoding: "utf8" }).trim();
    } catch {
        return undefined;
    }
}
