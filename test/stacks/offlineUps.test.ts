import * as pulumi from "@pulumi/pulumi";
import { PendingPlatform, Platform, type Authorities } from "../../components";
import { lastUpOf, type LastUp } from "../../stacks/lastUp";
import { pkiOutputs } from "../../stacks/pkiOutputs";
import { pkiWarning } from "../../stacks/pkiWarning";
import { platformArgs, settingsFrom, type Settings } from "../../stacks/settings";
import { makeSigned, type SignedHierarchy } from "../components/pki/signedHierarchy";
import {
    computedByProviders,
    mockEngine,
    recorded,
    valueOf,
    type Recorded,
} from "../components/recorded";
import { compliant, kubeconfigOf, project, raw } from "./raw";

const epoch = new Date("2026-11-01T00:00:00Z");
const purposes = ["workload", "mesh", "vpn"];
const signed = new Map<string, SignedHierarchy>();

beforeAll(async () => {
    for (const purpose of purposes) signed.set(purpose, await makeSigned(purpose, epoch));
});

const pemsOf = (suffix: string, pick: (made: SignedHierarchy) => string) =>
    Object.fromEntries([...signed].map(([purpose, made]) => [`${purpose}-${suffix}`, pick(made)]));

/** Stands for the providers: the first requests are those that were signed. */
function computed(resource: Recorded): Readonly<Record<string, unknown>> {
    if (!resource.type.endsWith("CertRequest")) return computedByProviders(resource);
    const [purpose = "", , generation] = resource.name.split("-");
    const known = generation === "g1" ? signed.get(purpose)?.csrPem : undefined;
    return { certRequestPem: known ?? `request of ${resource.name}` };
}

function settingsOn(day: string, last: LastUp | undefined, files: object = {}): Settings {
    const pki = { ...(compliant.pki as object), rootMode: "offline", ...files };
    const settings = settingsFrom({
        project,
        raw: raw({ environment: "prod", pki }),
        env: { KUBECONFIG: kubeconfigOf("lab") },
        now: new Date(`${day}T10:00:00Z`),
        last,
        secretsProvider: "awskms",
    });
    if ("errors" in settings) throw new Error(settings.errors.join("\n"));
    return settings;
}

/** What an `up` makes, and what the next one reads of its outputs. Simulated: nothing is kept but the outputs. */
async function up(settings: Settings) {
    mockEngine(computed);
    const args = platformArgs(settings);
    const { authorities }: { authorities: Authorities } =
        settings.pki.plans.workload.issuing === undefined
            ? new PendingPlatform("platform", args)
            : new Platform("platform", args);
    const outputs = await valueOf(pulumi.output(pkiOutputs(authorities, settings)));
    const names = (await recorded()).map(({ name }) => name);
    return { names, last: lastUpOf(JSON.parse(JSON.stringify(outputs)) as typeof outputs) };
}

it("goes from requests to a platform, and on to the next request", async () => {
    const first = settingsOn("2026-11-20", undefined);
    expect(pkiWarning(first.pki)).toContain("nothing that needs a certificate is built before");
    const requested = await up(first);
    expect(new Set(requested.names)).toEqual(new Set(purposes.map((name) => `${name}-ca-g1`)));

    const files = {
        roots: pemsOf("root-g1", ({ rootPem }) => rootPem),
        certificates: pemsOf("ca-g1", ({ certificatePem }) => certificatePem),
    };
    const second = settingsOn("2026-11-24", requested.last, files);
    expect(pkiWarning(second.pki)).toBeUndefined();
    const built = await up(second);
    expect(built.names).toEqual(
        expect.arrayContaining(["ca-key-pair", "mesh-ca-key-pair", "vpn-ca-key-pair", "gateway"]),
    );

    // A day without a step: what is built is the same, to the last argument.
    const third = settingsOn("2027-05-01", built.last, files);
    expect(platformArgs(third)).toEqual(platformArgs(second));
    expect((await up(third)).names).toEqual(built.names);

    const fourth = settingsOn("2027-06-02", built.last, files);
    const { names } = await up(fourth);
    const added = names.filter((name) => !built.names.includes(name));
    expect(new Set(added)).toEqual(new Set(purposes.map((name) => `${name}-ca-g2`)));
    expect(pkiWarning(fourth.pki)).toContain("sign workload-ca-g2 with workload-root-g1");
});
