import { setTimeout as sleep } from "node:timers/promises";
import { stringify } from "yaml";
import { run, type RunResult } from "../host/run";
import type { ClusterFiles } from "./files";

/** Runs kubectl against the lab's cluster. */
export class Kubectl {
    /** @param kube path of the multi-call binary */
    constructor(
        private readonly kube: string,
        private readonly files: ClusterFiles,
    ) {}

    run(
        args: readonly string[],
        options: { input?: string; allowFailure?: boolean } = {},
    ): Promise<RunResult> {
        const cache = ["--cache-dir", this.files.kubectlCache];
        return run(
            this.kube,
            ["kubectl", "--kubeconfig", this.files.kubeconfig, ...cache, ...args],
            options,
        );
    }

    /** Applies objects server-side as `lab`, taking over what somebody else set. */
    async apply(objects: readonly object[]): Promise<void> {
        const input = objects.map((object) => stringify(object, { lineWidth: 0 })).join("---\n");
        await this.applyYaml(input);
    }

    async applyYaml(input: string): Promise<void> {
        const flags = ["--server-side", "--force-conflicts", "--field-manager=lab"];
        await this.run(["apply", ...flags, "-f", "-"], { input });
    }

    /** Applies CustomResourceDefinitions, and waits until the API server serves the one named. */
    async applyDefinitions(yaml: string, name: string): Promise<void> {
        await this.applyYaml(yaml);
        await this.run(["wait", "--for=condition=Established", "--timeout=60s", "crd", name]);
    }

    /**
     * Repeats a command until it succeeds and `accepts` its output.
     *
     * @throws after `seconds`, with what it said last
     */
    async until(
        args: readonly string[],
        accepts: (stdout: string) => boolean,
        seconds: number,
    ): Promise<void> {
        const deadline = Date.now() + seconds * 1000;
        for (;;) {
            const { exitCode, stdout, stderr } = await this.run(args, { allowFailure: true });
            if (exitCode === 0 && accepts(stdout)) return;
            if (Date.now() > deadline) {
                throw new Error(
                    `kubectl ${args.join(" ")}: not so after ${seconds} s; last: ${(stdout + stderr).trim()}`,
                );
            }
            await sleep(200);
        }
    }
}
