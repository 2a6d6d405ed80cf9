import * as pulumi from "@pulumi/pulumi";
import { PendingPlatform, Platform } from "../../components";
import { pkiOutputs } from "../../stacks/pkiOutputs";
import { platformArgs, settingsFrom } from "../../stacks/settings";
import {
    computedByProviders,
    mockEngine,
    recorded,
    valueOf,
    type Recorded,
} from "../components/recorded";
import { compliant, kubeconfigOf, project, raw } from "./raw";

function settingsWith(pki: object) {
    const settings = settingsFrom({
        project,
        raw: raw({ pki: { ...(compliant.pki as object), ...pki } }),
        env: { KUBECONFIG: kubeconfigOf("lab") },
        now: new Date("2026-11-24T10:00:00Z"),
        last: undefined,
    });
    if ("errors" in settings) throw new Error(settings.errors.join("\n"));
    return settings;
}

// What is still on its way would reach the next test's engine.
afterEach(recorded);

const names = {
    pkiMeshSecret: "mesh-ca-key-pair",
    pkiMeshTrustBundle: "mesh-trust",
    pkiVpnSecret: "vpn-ca-key-pair",
    pkiVpnTrustBundle: "vpn-trust",
};

it("say what issues, what is trusted and what comes", async () => {
    mockEngine(computedByProviders);
    const settings = settingsWith({});
    const { authorities } = new Platform("platform", platformArgs(settings));
    const state = {
        issuing: 1,
        trustedRoots: [1],
        rootSince: "2026-11-01",
        expires: "2027-11-24T00:00:00Z",
    };
    expect(await valueOf(pulumi.output(pkiOutputs(authorities, settings)))).toEqual({
        pkiAsOf: "2026-11-24",
        pkiNextDue: "2027-08-01",
        pkiSteps: settings.pki.steps,
        pkiRequests: {},
        pkiState: { workload: state, mesh: state, vpn: state },
        ...names,
    });
});

it("are the requests before the first signature", async () => {
    const requests = ({ name }: Recorded) => ({ certRequestPem: `request of ${name}` });
    mockEngine((one) => (one.type.endsWith("CertRequest") ? requests(one) : {}));
    const settings = settingsWith({ rootMode: "offline" });
    const { authorities } = new PendingPlatform("platform", platformArgs(settings));
    expect(await valueOf(pulumi.output(pkiOutputs(authorities, settings)))).toEqual({
        pkiAsOf: "2026-11-24",
        pkiNextDue: "2026-11-01",
        pkiSteps: settings.pki.steps,
        pkiRequests: {
            "workload-ca-g1": "request of workload-ca-g1",
            "mesh-ca-g1": "request of mesh-ca-g1",
            "vpn-ca-g1": "request of vpn-ca-g1",
        },
        pkiState: {},
        ...names,
    });
    expect(settings.pki.steps[0]).toEqual({
        day: "2026-11-01",
        what: "make workload-root-g1, put its certificate into pki.roots, then up: it is trusted",
    });
    expect(settings.pki.steps[1]).toEqual({
        day: "2026-11-01",
        what: "sign the request of workload-ca-g1 with workload-root-g1, valid from 2026-11-01, and put the certificate into pki.certificates",
    });
});
