import { mockStack, parseContract, readContract, sampleContract } from "../../stacks/consumer";
import { contractSchema } from "../../stacks/contract";
import { mockEngine, valueOf } from "../components/recorded";

it("is read from a platform's stack", async () => {
    mockEngine();
    const stack = mockStack({ gatewayHost: "gateway.dev.bluefly.io" });
    expect(await valueOf(readContract(stack))).toEqual({
        ...sampleContract,
        gatewayHost: "gateway.dev.bluefly.io",
    });
});

it("is refused from a platform of another version", () => {
    expect(() => parseContract({ ...sampleContract, contractVersion: 2 })).toThrow(
        new Error(
            "[contractVersion] is 2; allowed 1; use the module of the platform's own version",
        ),
    );
});

it("is refused where an output is missing or of another type", () => {
    expect(parseContract(sampleContract)).toEqual(sampleContract);
    expect(() => parseContract({ ...sampleContract, apiPort: "3001" })).toThrow("apiPort");
    expect(() => parseContract({ ...sampleContract, gatewayHost: undefined })).toThrow(
        "gatewayHost",
    );
});

it("is flat and holds no PEM", () => {
    expect(Object.keys(sampleContract)).toEqual(Object.keys(contractSchema.shape));
    for (const value of Object.values(sampleContract)) {
        expect(["string", "number"]).toContain(typeof value);
        expect(String(value)).not.toContain("-----BEGIN");
    }
});
