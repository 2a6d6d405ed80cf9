import { CannotStart, parseOutputs } from "../../verify/stack";
import { goodOutputs } from "./outputs";

it("reads what a stack says of itself, and minds no output that it does not know", () => {
    const outputs = parseOutputs("lab", JSON.stringify({ ...goodOutputs, pkiAsOf: "2026-11-24" }));
    expect(outputs).toMatchObject({
        namespace: "llm-platform",
        cipherSuites: [
            "TLS_AES_256_GCM_SHA384",
            "TLS_CHACHA20_POLY1305_SHA256",
            "TLS_AES_128_GCM_SHA256",
        ],
        groups: ["X25519", "prime256v1", "secp384r1"],
        gatewayPort: 443,
    });
    expect(outputs).not.toHaveProperty("pkiAsOf");
});

const ending = ". Run `pulumi up` with the version of the program that this verifier belongs to.";

it.each<[what: string, change: Record<string, unknown>, message: string]>([
    ["a missing one", { gatewayHost: undefined }, "output [gatewayHost] is missing"],
    [
        "two missing ones, at once",
        { gatewayHost: undefined, apiPort: undefined },
        "output [gatewayHost] is missing; output [apiPort] is missing",
    ],
    [
        "another contract",
        { contractVersion: 99 },
        "output [contractVersion] is 99; this verifier reads 1",
    ],
    [
        "a suite of no TLS 1.3",
        { cipherSuites: "TLS_AES_256_GCM_SHA384:AES256-SHA" },
        'output [cipherSuites.1] holds "AES256-SHA", which is no known TLS 1.3 cipher suite',
    ],
    [
        "a group of nobody's",
        { groups: "X25591" },
        'output [groups.0] holds "X25591", which is no known group',
    ],
])("names %s", (_, change, message) => {
    const json = JSON.stringify({ ...goodOutputs, ...change });
    expect(() => parseOutputs("lab", json)).toThrow(
        new CannotStart(`stack lab: ${message}${ending}`),
    );
});

it("says so where there is no JSON", () => {
    expect(() => parseOutputs("lab", "warning: something")).toThrow(
        new CannotStart("stack lab: `pulumi stack output --json` printed no JSON"),
    );
});
