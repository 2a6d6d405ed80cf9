import { PendingPlatform, Platform, RootMode } from "../../../components";
import { createGround } from "../../../components/platform/ground";
import { computedByProviders, mockEngine, recorded } from "../recorded";
import { args } from "./fixture";

/** Unsigned: a key and a request, and no root. */
const unsigned = {
    roots: [],
    intermediates: [{ generation: 1, rootGeneration: 1, isIssuing: false }],
};
const pki = { rootMode: RootMode.Offline, workload: unsigned, mesh: unsigned, vpn: unsigned };

it("makes the keys and the requests, and nothing that needs a certificate", async () => {
    mockEngine(computedByProviders);
    new PendingPlatform("platform", { ...args, pki });
    expect((await recorded()).map(({ type, name }) => `${type} ${name}`)).toEqual([
        "tls:index/certRequest:CertRequest mesh-ca-g1",
        "tls:index/certRequest:CertRequest vpn-ca-g1",
        "tls:index/certRequest:CertRequest workload-ca-g1",
        "tls:index/privateKey:PrivateKey mesh-ca-g1",
        "tls:index/privateKey:PrivateKey vpn-ca-g1",
        "tls:index/privateKey:PrivateKey workload-ca-g1",
    ]);
});

it("has the type of the platform that it will be: its keys go on to that", () => {
    expect(PendingPlatform.__pulumiType).toBe(Platform.__pulumiType);
});

it("is what is built without an issuing intermediate: a platform refuses", async () => {
    mockEngine(computedByProviders);
    expect(() => createGround({ ...args, pki }, {})).toThrow(
        new Error(
            "[pki.workload.intermediates] has none that issues; a PendingPlatform is what can be built without",
        ),
    );
    expect(await recorded()).toEqual([]);
});

it("gives way to a platform once the workloads' hierarchy issues, whatever the others do", async () => {
    mockEngine(computedByProviders);
    const mesh = unsigned;
    createGround({ ...args, pki: { ...args.pki, mesh } }, {});
    const names = (await recorded()).map(({ name }) => name);
    expect(names).toEqual(expect.arrayContaining(["ca-key-pair", "vpn-trust-llm-platform"]));
    expect(names).not.toContain("mesh-ca-key-pair");
    expect(names).not.toContain("mesh-trust-llm-platform");
});
