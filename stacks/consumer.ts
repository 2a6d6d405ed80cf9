import * as pulumi from "@pulumi/pulumi";
import type { z } from "zod";
import type { PeerArgs, SecureServiceArgs } from "../components";
import { identityParts } from "../components/pki/names";
import { contractSchema, contractVersion, type Contract } from "./contract";
import { tenantContractSchema, tenantOutput, type TenantContract } from "./tenantContract";

/** A platform's stack, as a consumer sees it. */
export interface PlatformStack {
    /** `<organization>/<project>/<stack>`. */
    readonly name: string;
    getOutputDetails(name: string): Promise<OutputDetails>;
}

/** One output: neither where there is none of that name. */
interface OutputDetails {
    readonly value?: unknown;
    readonly secretValue?: unknown;
}

/**
 * Refers to the stack that built a platform, by a StackReference.
 *
 * A stack that does not exist ends the consumer's run before it has made anything, with the engine's own words: `unknown stack "NAME"`.
 * Then the name is wrong, or the platform's state lies in another backend: `pulumi stack ls --all` shows the names of this one.
 *
 * @param name `<organization>/<project>/<stack>`; the organization of a backend of one's own is `organization`
 * @throws an error that names the value, if it is of another form
 */
export function platformStack(name: string): PlatformStack {
    if (!/^[\w.-]+\/[\w.-]+\/[\w.-]+$/.test(name))
        throw new pulumi.RunError(
            `[platform] is ${JSON.stringify(name)}; allowed <organization>/<project>/<stack>; write for example organization/encryption-in-transit/lab`,
        );
    const stack = new pulumi.StackReference(name);
    return { name, getOutputDetails: (output) => stack.getOutputDetails(output) };
}

/**
 * Reads a platform's contract. Plain values, also in preview: what a component renders from them must be known there.
 *
 * @throws an error that names the stack, the cause and the fix: it has no platform yet, is of another version, or gives a secret
 */
export async function readContract(stack: PlatformStack): Promise<Contract> {
    await checkVersion(stack);
    return read(stack, {
        schema: contractSchema,
        outputOf: (key) => key,
        absent: ["was built by an older version", "bring it up to date with `pulumi up` there"],
    });
}

/**
 * Reads what a platform has for one tenant.
 *
 * @throws an error that names the stack, the cause and the fix, if the platform does not know the tenant
 */
export async function readTenant(stack: PlatformStack, tenant: string): Promise<TenantContract> {
    return read(stack, {
        schema: tenantContractSchema,
        outputOf: (key) => tenantOutput(tenant, key),
        absent: [
            `has no tenant ${tenant}`,
            "have it added to tenants in the platform's configuration, and run `pulumi up` there",
        ],
    });
}

/** What every SecureService and WorkloadCertificate takes from the platform. */
export const workloadArgs = (
    contract: Contract,
): Pick<
    SecureServiceArgs,
    "profile" | "trustBundleName" | "issuance" | "metricsClients" | "monitoringNamespace"
> => ({
    profile: contract.profile,
    trustBundleName: contract.trustBundleName,
    issuance: {
        issuerName: contract.issuerName,
        issuerKind: contract.issuerKind,
        lifetimeHours: contract.leafLifetimeHours,
        renewBeforeHours: contract.leafRenewBeforeHours,
        algorithm: contract.leafAlgorithm,
    },
    metricsClients: [contract.monitoringIdentity],
    monitoringNamespace: identityParts(contract.monitoringIdentity).namespace,
});

/** A server of the contract as a peer that a SecureService calls. */
export const peerOf = (host: string, port: number): PeerArgs => ({ ...identityParts(host), port });

const refused = (stack: PlatformStack, cause: string, fix: string) =>
    new pulumi.RunError(`the platform's stack ${stack.name} ${cause}; ${fix}`);

async function checkVersion(stack: PlatformStack): Promise<void> {
    const { value: version } = await stack.getOutputDetails("contractVersion");
    if (version === contractVersion) return;
    if (version === undefined) {
        const { value: requests } = await stack.getOutputDetails("pkiRequests");
        const waiting = namesIn(requests);
        throw waiting.length === 0
            ? refused(
                  stack,
                  "gives no contractVersion: nothing was deployed there, or no platform",
                  "run `pulumi up` there first, or correct the name",
              )
            : refused(
                  stack,
                  `has no platform yet: its certificate authority waits for the signature of ${waiting.join(", ")}`,
                  "have it signed as docs/runbooks/root-ceremony.md says, and run `pulumi up` there",
              );
    }
    const isOlder = Number(version) < contractVersion;
    throw refused(
        stack,
        `gives version ${JSON.stringify(version)} of the contract, and this program reads ${contractVersion}`,
        isOlder
            ? "bring the platform up to date with `pulumi up` there, or use the library of its version"
            : "use the library of the platform's version",
    );
}

/** Names in an output that is an object; none in anything else. */
const namesIn = (value: unknown): readonly string[] =>
    typeof value === "object" && value !== null ? Object.keys(value) : [];

/** Outputs by what they are called in a schema and in the stack, and why one may be absent. */
interface Wanted<Shape extends z.ZodRawShape> {
    readonly schema: z.ZodObject<Shape>;
    readonly outputOf: (key: string) => string;
    readonly absent: readonly [cause: string, fix: string];
}

/** All that a schema asks for. The outputs of a stack are untyped, so each is checked. */
async function read<Shape extends z.ZodRawShape>(
    stack: PlatformStack,
    { schema, outputOf, absent }: Wanted<Shape>,
): Promise<z.output<z.ZodObject<Shape>>> {
    const keys = Object.keys(schema.shape);
    const details = await Promise.all(keys.map((key) => stack.getOutputDetails(outputOf(key))));
    const those = (holds: (one: OutputDetails) => boolean) =>
        keys.filter((_, index) => holds(details[index] ?? {})).map(outputOf);
    checkSecrets(
        stack,
        those(({ secretValue }) => secretValue !== undefined),
    );
    const missing = those(({ value }) => value === undefined);
    const [cause, fix] = absent;
    if (missing.length > 0)
        throw refused(stack, `does not give ${missing.join(", ")}: it ${cause}`, fix);
    const values = keys.map((key, index) => [key, details[index]?.value]);
    return parsed(stack, schema, Object.fromEntries(values));
}

/** One that cannot be decrypted arrives as an object without a value, so it is refused whatever is in it. */
function checkSecrets(stack: PlatformStack, secrets: readonly string[]): void {
    if (secrets.length === 0) return;
    throw refused(
        stack,
        `gives ${secrets.join(", ")} as a secret, which nobody can decrypt without its passphrase or key`,
        "the contract is public: take the secret out of the platform's outputs",
    );
}

function parsed<Shape extends z.ZodRawShape>(
    stack: PlatformStack,
    schema: z.ZodObject<Shape>,
    outputs: unknown,
): z.output<z.ZodObject<Shape>> {
    const result = schema.safeParse(outputs);
    if (result.success) return result.data;
    const wrong = result.error.issues.map(({ path, message }) => `${path.join(".")}: ${message}`);
    throw refused(
        stack,
        `gives outputs of another form (${wrong.join("; ")})`,
        "use the library of the platform's version",
    );
}
