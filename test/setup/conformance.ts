import { execFileSync } from "node:child_process";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { CoreV1Api, KubeConfig } from "@kubernetes/client-node";
import { examine } from "../../stacks/examine";
import { imageErrors, stackErrors, surroundingErrors } from "./conformanceErrors";
import { leftOut } from "./leftOut";

const root = join(__dirname, "..", "..");

/**
 * Brings nothing up: the cluster is KUBECONFIG's, the engine is PATH's, the stack is STACK's and was deployed before. Refuses with
 * all that is missing, a line each.
 */
export default async (): Promise<void> => {
    const stack = process.env.STACK ?? "dev";
    const errors = await whatIsMissing(stack);
    if (errors.length > 0) throw plainly(errors);
    process.env.CONFORMANCE_STACK = stack;
    console.log(`\nconformance of stack ${stack} with ${run("pulumi", "version").trim()}`);
    for (const [file, reason] of Object.entries(leftOut))
        console.log(`not run: ${file}: ${reason}`);
};

async function whatIsMissing(stack: string): Promise<readonly string[]> {
    const surroundings = surroundingErrors({
        env: process.env,
        stack,
        hasStackFile: existsSync(join(root, "stacks", `Pulumi.${stack}.yaml`)),
    });
    if (surroundings.length > 0) return surroundings;
    const { config, lines } = await examine(stack);
    if (config === undefined || lines.length > 0) return lines;
    const errors = stackErrors(config, {
        stack,
        outputs: outputsOf(stack),
        hasEvidence: existsSync(join(root, "evidence", "verify.json")),
    });
    if (errors.length > 0) return errors;
    const kubeconfig = new KubeConfig();
    kubeconfig.loadFromDefault();
    const core = kubeconfig.makeApiClient(CoreV1Api);
    const pods = await Promise.all(
        [config.namespace, config.dataNamespace].map((namespace) =>
            core.listNamespacedPod({ namespace }),
        ),
    );
    return imageErrors(pods.flatMap(({ items }) => items));
}

/** Outputs of the stack, or what the engine says instead. */
function outputsOf(stack: string): Readonly<Record<string, unknown>> | string {
    try {
        return JSON.parse(run("pulumi", "stack", "output", "--json", "--stack", stack)) as Record<
            string,
            unknown
        >;
    } catch (error) {
        const { stderr = "" } = error as { stderr?: string };
        return stderr.trim().split("\n")[0] ?? "";
    }
}

const run = (program: string, ...args: readonly string[]): string =>
    execFileSync(program, args, { cwd: root, encoding: "utf8", stdio: ["ignore", "pipe", "pipe"] });

/** An error that the runner shows as it is: the lines, and no stack. */
function plainly(lines: readonly string[]): Error {
    const message = lines.join("\n");
    return Object.assign(new Error(message), { stack: message });
}
