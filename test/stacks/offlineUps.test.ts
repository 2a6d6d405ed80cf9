import { readFileSync } from "node:fs";
import * as pulumi from "@pulumi/pulumi";
import { PendingPlatform, Platform, type Authorities } from "../../components";
import { lastUpOf, type LastUp } from "../../stacks/lastUp";
import { pkiOutputs } from "../../stacks/pkiOutputs";
import { pkiWarning } from "../../stacks/pkiWarning";
import { platformArgs, settingsFrom, type Settings } from "../../stacks/settings";
import { Desk, perform } from "../components/ceremony/performing";
import { makeKeys, makeRequest } from "../components/pki/authorities";
import {
    computedByProviders,
    mockEngine,
    recorded,
    valueOf,
    type Recorded,
} from "../components/recorded";
import { byDigest, compliant, kubeconfigOf, project, raw } from "./raw";

const purposes = ["workload", "mesh", "vpn"];
const named = (suffix: string) => new Set(purposes.map((purpose) => `${purpose}-${suffix}`));
const desks = new Map(purposes.map((purpose) => [purpose, new Desk()]));
const requests = new Map<string, string>();

beforeAll(async () => {
    for (const name of [...named("ca-g1"), ...named("ca-g2")]) {
        const subject = `O=local.bluefly.io, CN=${name}`;
        requests.set(name, await makeRequest(subject, await makeKeys("P-256")));
    }
    for (const [purpose, desk] of desks) {
        const { error } = await perform(desk.initArguments("root", { purpose }));
        expect(error).toBeUndefined();
    }
});

afterAll(() => {
    for (const desk of desks.values()) desk.remove();
});

/** Stands for the providers; a request is a real one, and the same in every `up`. */
const computed = (resource: Recorded): Readonly<Record<string, unknown>> =>
    resource.type.endsWith("CertRequest")
        ? { certRequestPem: requests.get(resource.name) }
        : computedByProviders(resource);

const filesOf = (file: string, suffix: string) =>
    Object.fromEntries(
        [...desks].map(([purpose, desk]) => [
            `${purpose}-${suffix}`,
            readFileSync(desk.at(file), "utf8"),
        ]),
    );

/** Takes the requests of a generation from the outputs to the offline machine, and brings the certificates back. */
async function ceremony(last: LastUp | undefined, generation: string, notBefore: string) {
    for (const [purpose, desk] of desks) {
        desk.write(`${generation}.csr`, last?.requests[`${purpose}-ca-${generation}`] ?? "");
        const times = { "not-before": notBefore };
        const args = desk.signArguments(`${generation}.csr`, `${generation}.crt`, times);
        expect((await perform(args)).error).toBeUndefined();
    }
    return filesOf(`${generation}.crt`, `ca-${generation}`);
}

function settingsOn(day: string, last: LastUp | undefined, files: object = {}): Settings {
    const pki = { ...(compliant.pki as object), rootMode: "offline", ...files };
    const settings = settingsFrom({
        project,
        raw: raw({ ...byDigest, environment: "prod", pki }),
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

it("goes from requests by the ceremony to a platform, and on to the next generation", async () => {
    const first = settingsOn("2026-11-20", undefined);
    expect(pkiWarning(first.pki)).toContain("nothing that needs a certificate is built before");
    const requested = await up(first);
    expect(new Set(requested.names)).toEqual(named("ca-g1"));

    const roots = filesOf("root/root.crt", "root-g1");
    const one = { roots, certificates: await ceremony(requested.last, "g1", "2026-11-24") };
    const second = settingsOn("2026-11-24", requested.last, one);
    expect(pkiWarning(second.pki)).toBeUndefined();
    const built = await up(second);
    expect(built.names).toEqual(
        expect.arrayContaining(["ca-key-pair", "mesh-ca-key-pair", "vpn-ca-key-pair", "gateway"]),
    );

    // A day without a step: what is built is the same, to the last argument.
    const third = settingsOn("2027-05-01", built.last, one);
    expect(platformArgs(third)).toEqual(platformArgs(second));
    expect((await up(third)).names).toEqual(built.names);

    const fourth = settingsOn("2027-06-02", built.last, one);
    const { names, last } = await up(fourth);
    const added = names.filter((name) => !built.names.includes(name));
    expect(new Set(added)).toEqual(named("ca-g2"));
    expect(pkiWarning(fourth.pki)).toContain("sign workload-ca-g2 with workload-root-g1");

    const certificates = { ...one.certificates, ...(await ceremony(last, "g2", "2027-08-01")) };
    const ready = await up(settingsOn("2027-06-20", last, { roots, certificates }));
    expect(ready.last?.hierarchies.workload?.issuing).toBe(1);

    const stepped = await up(settingsOn("2027-08-01", ready.last, { roots, certificates }));
    expect(stepped.last?.hierarchies.workload?.issuing).toBe(2);
    expect(stepped.names.filter((name) => name.includes("-ca-g1"))).toEqual([]);
});
