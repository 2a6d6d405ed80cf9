import { z } from "zod";
import { messageOf } from "./errors";
import { cipherSuites, groups } from "./registry";
import { runTool } from "./tool";

/** Something that the verifier cannot do without is missing or malformed. Ends with exit code 2. */
export class CannotStart extends Error {}

const CONTRACT_VERSION = 1;

const name = z.string().min(1);
const hours = z.number().positive();
const port = z.number().int().min(1).max(65535);

/** A colon list of names, each of which the registry knows. */
function listOf(table: Readonly<Record<string, number>>, what: string) {
    return name
        .transform((text) => text.split(":"))
        .pipe(
            z.array(
                z.string().refine((entry) => entry in table, {
                    error: (issue) =>
                        `holds ${JSON.stringify(issue.input)}, which is no known ${what}`,
                }),
            ),
        );
}

/** The outputs that the verifier reads; there may be more. */
const outputs = z.object({
    contractVersion: z.coerce.number().refine((version) => version === CONTRACT_VERSION, {
        error: (issue) => `is ${String(issue.input)}; this verifier reads ${CONTRACT_VERSION}`,
    }),
    domain: name,
    namespace: name,
    dataNamespace: name,
    profile: name,
    cipherSuites: listOf(cipherSuites, "TLS 1.3 cipher suite"),
    groups: listOf(groups, "group"),
    trustBundleName: name,
    trustBundleKey: name,
    gatewayHost: name,
    gatewayPort: port,
    gatewayRedirectPort: port,
    gatewayIdentity: name,
    gatewayServerSecret: name,
    apiHost: name,
    apiPort: port,
    apiServerSecret: name,
    postgresHost: name,
    postgresPort: port,
    postgresDatabase: name,
    postgresRole: name,
    postgresServerSecret: name,
    redisHost: name,
    redisPort: port,
    redisServerSecret: name,
    agentMeshHost: name,
    agentMeshPort: port,
    agentMeshServerSecret: name,
    tracerHost: name,
    tracerServiceHost: name,
    tracerServicePort: port,
    tracerServerSecret: name,
    verifierSecret: name,
    verifierIdentity: name,
    verifierImage: name,
    leafLifetimeHours: hours,
    leafRenewBeforeHours: hours,
});

/** What a stack says of itself. */
export type StackOutputs = z.output<typeof outputs>;

/**
 * Reads what `pulumi stack output --json` printed.
 *
 * @throws CannotStart with every output that is missing or malformed, at once
 */
export function parseOutputs(stack: string, json: string): StackOutputs {
    const parsed = outputs.safeParse(parseJson(stack, json));
    if (parsed.success) return parsed.data;
    const problems = parsed.error.issues.map(({ path, message }) =>
        message.includes("received undefined")
            ? `[${path.join(".")}] is missing`
            : `[${path.join(".")}] ${message}`,
    );
    throw new CannotStart(
        `stack ${stack}: output ${problems.join("; output ")}. Run \`pulumi up\` with the version of the program that this verifier belongs to.`,
    );
}

function parseJson(stack: string, text: string): unknown {
    try {
        return JSON.parse(text);
    } catch {
        throw new CannotStart(`stack ${stack}: \`pulumi stack output --json\` printed no JSON`);
    }
}

/**
 * Asks the Pulumi CLI on PATH for a stack's outputs.
 *
 * @param cwd folder of the Pulumi project
 * @throws CannotStart where the CLI or the stack is missing, or an output is
 */
export async function readStack(stack: string, cwd: string): Promise<StackOutputs> {
    const args = ["stack", "output", "--json", "--stack", stack, "--non-interactive"];
    const { exitCode, stdout, stderr } = await run(args, cwd);
    if (exitCode !== 0) {
        const [reason = "no reason given"] = stderr.trim().split("\n");
        throw new CannotStart(`stack ${stack}: \`pulumi stack output\` failed: ${reason}`);
    }
    return parseOutputs(stack, stdout);
}

async function run(args: string[], cwd: string) {
    try {
        return await runTool({ command: "pulumi", args, cwd, limitSeconds: 60 });
    } catch (error) {
        throw new CannotStart(messageOf(error));
    }
}
