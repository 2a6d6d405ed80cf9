import * as pulumi from "@pulumi/pulumi";
import { readLastUp } from "../../stacks/lastUp";

/** A stack whose last `up` left these outputs. */
async function afterUpWith(outputs: Record<string, unknown>, secretOutputNames: string[] = []) {
    const asked: string[] = [];
    await pulumi.runtime.setMocks(
        {
            newResource: ({ type, inputs }) => {
                const { name } = inputs as { name: string };
                asked.push(`${type} ${name}`);
                return { id: name, state: { name, outputs, secretOutputNames } };
            },
            call: () => ({}),
        },
        "encryption-in-transit",
        "lab",
        false,
        "organization",
    );
    return { asked, last: readLastUp() };
}

const outputs = {
    gatewayHost: "gateway.local.bluefly.io",
    pkiAsOf: "2026-11-24",
    pkiWorkloadGeneration: 1,
    pkiWorkloadExpires: "2027-11-24T04:14:34.000Z",
};

it("is read from the stack's own outputs", async () => {
    const { asked, last } = await afterUpWith(outputs);
    expect(await last).toEqual({
        asOf: "2026-11-24",
        generation: 1,
        expires: new Date("2027-11-24T04:14:34Z"),
    });
    expect(asked).toEqual(["pulumi:pulumi:StackReference organization/encryption-in-transit/lab"]);
});

it("is nothing before the first one", async () => {
    expect(await (await afterUpWith({})).last).toBeUndefined();
});

it("reads the time zone that another provider may write", async () => {
    const { last } = await afterUpWith({
        ...outputs,
        pkiWorkloadExpires: "2027-11-24T06:14:34+02:00",
    });
    expect((await last)?.expires).toEqual(new Date("2027-11-24T04:14:34Z"));
});

it("is refused where it says only half", async () => {
    const { last } = await afterUpWith({ pkiAsOf: "2026-11-24" });
    await expect(last).rejects.toThrow("pkiWorkloadGeneration");
});
