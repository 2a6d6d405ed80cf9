import * as pulumi from "@pulumi/pulumi";
import { z } from "zod";
import { parseDay, rootOf } from "../components/pki/generations";
import { Purpose } from "../components/pki/hierarchy";
import type { HierarchyState } from "../components/pki/pkiPlan";

/** What the last `up` of this stack left of its certificate authorities. */
export interface LastUp {
    /** Day that it was made for, `YYYY-MM-DD`. */
    readonly asOf: string;
    /** The hierarchies of which something issues. */
    readonly hierarchies: Readonly<Partial<Record<Purpose, LastHierarchy>>>;
    /** Requests of an offline root's intermediates by name, PEM. */
    readonly requests: Readonly<Record<string, string>>;
}

export interface LastHierarchy extends HierarchyState {
    /** End of the issuing intermediate. */
    readonly expires: Date;
}

const day = z.string().transform((text, context) => {
    const parsed = parseDay(text);
    if (parsed === undefined) context.addIssue("no day YYYY-MM-DD");
    return parsed ?? new Date(0);
});

const time = z.iso.datetime({ offset: true }).transform((text) => new Date(text));

const hierarchy = z.object({
    issuing: z.int(),
    trustedRoots: z.array(z.int()),
    rootSince: day,
    expires: time,
});

const known = {
    pkiAsOf: z.string(),
    pkiState: z.partialRecord(z.enum(Purpose), hierarchy),
    pkiRequests: z.record(z.string(), z.string()),
};

/** What a version left that knew one hierarchy and one root. */
const formerOutputs = z
    .object({ pkiAsOf: day, pkiWorkloadGeneration: z.int(), pkiWorkloadExpires: time })
    .transform(({ pkiAsOf, pkiWorkloadGeneration, pkiWorkloadExpires }) => ({
        [Purpose.Workload]: {
            issuing: pkiWorkloadGeneration,
            trustedRoots: [rootOf(pkiWorkloadGeneration)],
            rootSince: pkiAsOf,
            expires: pkiWorkloadExpires,
        },
    }));

const names = [...Object.keys(known), ...Object.keys(formerOutputs.in.shape)];

/** Reads the stack's own outputs, before anything is made. A stack that was never up has none. */
export async function readLastUp(): Promise<LastUp | undefined> {
    const name = [pulumi.getOrganization(), pulumi.getProject(), pulumi.getStack()].join("/");
    const self = new pulumi.StackReference(name);
    const details = await Promise.all(
        names.map(
            async (key) => [key, (await self.getOutputDetails(key)).value as unknown] as const,
        ),
    );
    return lastUpOf(Object.fromEntries(details));
}

/** The same from given outputs. */
export function lastUpOf(outputs: Readonly<Record<string, unknown>>): LastUp | undefined {
    if (names.every((name) => outputs[name] === undefined)) return undefined;
    const { pkiAsOf, pkiState, pkiRequests } = outputs;
    return {
        asOf: known.pkiAsOf.parse(pkiAsOf),
        hierarchies:
            pkiState === undefined ? formerOutputs.parse(outputs) : known.pkiState.parse(pkiState),
        requests: known.pkiRequests.default({}).parse(pkiRequests),
    };
}
