import * as pulumi from "@pulumi/pulumi";
import { z } from "zod";

/** What the last `up` of this stack left of its certificate authority. */
export interface LastUp {
    /** Day that it was made for, `YYYY-MM-DD`. */
    readonly asOf: string;
    /** Generation of the issuing intermediate. */
    readonly generation: number;
    /** End of the issuing intermediate. */
    readonly expires: Date;
}

const outputs = z.object({
    pkiAsOf: z.string(),
    pkiWorkloadGeneration: z.number(),
    pkiWorkloadExpires: z.iso.datetime({ offset: true }),
});

/** Reads the stack's own outputs, before anything is made. A stack that was never up has none. */
export async function readLastUp(): Promise<LastUp | undefined> {
    const name = [pulumi.getOrganization(), pulumi.getProject(), pulumi.getStack()].join("/");
    const self = new pulumi.StackReference(name);
    const details = await Promise.all(
        Object.keys(outputs.shape).map(
            async (key) => [key, (await self.getOutputDetails(key)).value as unknown] as const,
        ),
    );
    if (details.every(([, value]) => value === undefined)) return undefined;
    const last = outputs.parse(Object.fromEntries(details));
    return {
        asOf: last.pkiAsOf,
        generation: last.pkiWorkloadGeneration,
        expires: new Date(last.pkiWorkloadExpires),
    };
}
