import { execFileSync } from "node:child_process";
import { KubeConfig } from "@kubernetes/client-node";
import { isWhole, readConfig } from "./config";
import { currentCluster } from "./kubeconfig";
import { liveCluster } from "./liveCluster";
import { missing } from "./prerequisites";
import { readStackFile } from "./stackFile";

/** Says in a line each what a stack's environment lacks; exit 1 where that is anything. `npm run doctor -- STACK`. */
async function main(stack: string): Promise<void> {
    const { config, errors } = readConfig("encryption-in-transit", readStackFile(stack));
    if (!isWhole(config)) {
        report(errors);
        return;
    }
    const kubeconfig = new KubeConfig();
    kubeconfig.loadFromDefault();
    const lines = await missing({
        config,
        current: currentCluster(process.env),
        cluster: liveCluster(kubeconfig),
        pulumi: pulumiVersion(),
        now: new Date(),
    });
    report([...errors, ...lines]);
}

function report(lines: readonly string[]): void {
    for (const line of lines) console.log(line);
    if (lines.length > 0) process.exitCode = 1;
    else console.log("nothing is missing");
}

function pulumiVersion(): string | undefined {
    try {
        return execFileSync("pulumi", ["version"], { encoding: "utf8" }).trim();
    } catch {
        return undefined;
    }
}

main(process.argv[2] ?? process.env.STACK ?? "lab").catch((error: unknown) => {
    console.error(error instanceof Error ? error.message : error);
    process.exitCode = 1;
});
