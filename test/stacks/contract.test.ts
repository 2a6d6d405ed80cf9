import { mockStack, parseContract, readContract, sampleContract } from "../../stacks/consumer";
import * as pulumi from "@pulumi/pulumi";
import { Platform } from "../../components";
import { contractSchema, publish } from "../../stacks/contract";
import { platformArgs, settingsFrom } from "../../stacks/settings";
import { computedByProviders, mockEngine, valueOf } from "../components/recorded";
import { kubeconfigOf, project, raw } from "./raw";

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

it("is what a platform publishes", async () => {
    mockEngine(computedByProviders);
    const settings = settingsFrom({
        project,
        raw: raw(),
        env: { KUBECONFIG: kubeconfigOf("lab") },
        now: new Date("2026-11-24T10:00:00Z"),
        last: undefined,
    });
    if ("errors" in settings) throw new Error(settings.errors.join("\n"));
    const platform = new Platform("platform", platformArgs(settings));
    const outputs = publish(platform, settings);
    expect(parseContract(await valueOf(pulumi.output(outputs)))).toEqual({
        ...sampleContract,
        cipherSuites: "TLS_AES_256_GCM_SHA384:TLS_CHACHA20_POLY1305_SHA256:TLS_AES_128_GCM_SHA256",
        groups: "X25519:prime256v1:secp384r1",
        verifierImage: "lab/verify:0.1.0",
    });
});
