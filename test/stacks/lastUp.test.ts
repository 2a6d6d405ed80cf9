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
    pkiState: {
        workload: {
            issuing: 13,
            trustedRoots: [1, 2],
            rootSince: "2035-10-21",
            expires: "2036-10-20T04:14:34.000Z",
        },
    },
    pkiRequests: { "mesh-ca-g1": "a request" },
};

it("is read from the stack's own outputs", async () => {
    const { asked, last } = await afterUpWith(outputs);
    expect(await last).toEqual({
        asOf: "2026-11-24",
        hierarchies: {
            workload: {
                issuing: 13,
                trustedRoots: [1, 2],
                rootSince: new Date("2035-10-21"),
                expires: new Date("2036-10-20T04:14:34Z"),
            },
        },
        requests: { "mesh-ca-g1": "a request" },
    });
    expect(asked).toEqual(["pulumi:pulumi:StackReference organization/encryption-in-transit/lab"]);
});

it("is nothing before the first one", async () => {
    expect(await (await afterUpWith({})).last).toBeUndefined();
});

it("has requests and nothing that issues while the first intermediates are unsigned", async () => {
    const { pkiAsOf, pkiRequests } = outputs;
    const { last } = await afterUpWith({ pkiAsOf, pkiRequests, pkiState: {} });
    expect(await last).toEqual({ asOf: pkiAsOf, hierarchies: {}, requests: pkiRequests });
});

describe("of a version that knew one hierarchy", () => {
    const former = {
        pkiAsOf: "2026-11-24",
        pkiWorkloadGeneration: 1,
        pkiWorkloadExpires: "2027-11-24T04:14:34.000Z",
    };
    const workload = { issuing: 1, trustedRoots: [1], rootSince: new Date("2026-11-24") };

    it("is read too, and the time zone that another provider may write", async () => {
        const expected = (expires: string) => ({
            asOf: "2026-11-24",
            hierarchies: { workload: { ...workload, expires: new Date(expires) } },
            requests: {},
        });
        expect(await (await afterUpWith(former)).last).toEqual(expected("2027-11-24T04:14:34Z"));
        const { last } = await afterUpWith({
            ...former,
            pkiWorkloadExpires: "2027-11-24T06:14:34+02:00",
        });
        expect(await last).toEqual(expected("2027-11-24T04:14:34Z"));
    });

    it("is refused where it says only half", async () => {
        const { last } = await afterUpWith({ pkiAsOf: "2026-11-24" });
        await expect(last).rejects.toThrow("pkiWorkloadGeneration");
    });
});

it("is refused where a purpose is none, or a day", async () => {
    const state = (changes: object) => ({
        ...outputs,
        pkiState: { workload: { ...outputs.pkiState.workload, ...changes } },
    });
    await expect((await afterUpWith(state({ rootSince: "today" }))).last).rejects.toThrow(
        "no day YYYY-MM-DD",
    );
    const { last } = await afterUpWith({ ...outputs, pkiState: { web: {} } });
    await expect(last).rejects.toThrow("web");
});
