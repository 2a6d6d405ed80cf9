import { spawnSync } from "node:child_process";
import { rmSync } from "node:fs";
import { Command } from "commander";
import { binaryPath, kubeBinary } from "./build/goBinaries";
import { createFolders, labPaths } from "./cache";
import { removeCluster } from "./cluster/cluster";
import { clusterFiles } from "./cluster/files";
import { labConnectFlags } from "./connections";
import { exportLines, labEnvironment, saltFile } from "./environment";
import { withLock } from "./host/lock";
import { runSteps, type Step } from "./progress";
import { removeOwnSalt } from "./stackFile";
import { stepsUntil, upSteps } from "./up";
import { verifyAloud } from "./verify";

const paths = labPaths();
const output = {
    terminal: process.stdout.isTTY,
    write: (line: string): void => {
        console.log(line);
    },
};

/** One `up` or `down` at a time on a cache. */
function exclusively(steps: readonly Step[]): Promise<void> {
    createFolders(paths);
    return withLock(
        paths.root,
        () => runSteps(steps, output),
        () => {
            console.error("waiting for another up or down");
        },
    );
}

function downSteps(): Step[] {
    return [
        {
            name: "down",
            run: async (): Promise<string> => {
                await removeCluster(clusterFiles(paths));
                for (const folder of [paths.pulumi, paths.temporary])
                    rmSync(folder, { recursive: true, force: true });
                removeOwnSalt(saltFile(paths));
                return "";
            },
        },
    ];
}

const program = new Command("lab").description(
    "The real engine and a real one-node cluster on this machine",
);

program
    .command("up")
    .description("build what is missing, start what does not run, deploy, verify")
    .option("--until <step>", "stop after this step")
    .action(({ until }: { until?: string }) => exclusively(stepsUntil(upSteps(paths), until)));

program
    .command("down")
    .description("end the cluster and drop its state; what was built stays in the cache")
    .action(() => exclusively(downSteps()));

program
    .command("verify")
    .description("attack the platform from outside and write the evidence")
    .action(async () => {
        process.exitCode = await verifyAloud(paths);
    });

program
    .command("env")
    .description("print the variables that pulumi, kubectl and the judges need, for eval")
    .action(async () => {
        for (const line of exportLines(await labEnvironment(paths))) console.log(line);
    });

program
    .command("connect")
    .description("print the verifier's flags: which port of 127.0.0.1 leads to which load balancer")
    .action(() => {
        for (const flag of labConnectFlags(paths)) console.log(flag);
    });

program
    .command("kubectl")
    .description("run kubectl on the lab's cluster")
    .allowUnknownOption()
    .helpOption(false)
    .argument("[args...]")
    .action((args: string[]) => {
        const { kubeconfig, kubectlCache } = clusterFiles(paths);
        const command = [
            "kubectl",
            "--kubeconfig",
            kubeconfig,
            "--cache-dir",
            kubectlCache,
            ...args,
        ];
        const { status } = spawnSync(binaryPath(kubeBinary, paths), command, { stdio: "inherit" });
        process.exitCode = status ?? 1;
    });

program.parseAsync().catch((error: unknown) => {
    console.error(error instanceof Error ? error.message : String(error));
    process.exitCode = 1;
});
