import { readFileSync } from "node:fs";
import { join } from "node:path";
import { PendingPlatform, Platform } from "../../components";
import { judgeStack, judgeSubject } from "../../policies/judge";
import { pulumiSubjects } from "../../policies/pulumiSubject";
import { rules } from "../../policies/rules";
import { readSettings, ruleContext } from "../../policies/settings";
import type { LastUp } from "../../stacks/lastUp";
import { pkiWarning } from "../../stacks/pkiWarning";
import { platformArgs, type Settings } from "../../stacks/settings";
import { makeSigned, type SignedHierarchy } from "../components/pki/signedHierarchy";
import { computedByProviders, mockEngine, recorded, type Recorded } from "../components/recorded";
import {
    built,
    environments,
    fileOf,
    folder,
    pinned,
    read,
    strict,
    whole,
    type Environment,
} from "./environmentFiles";

const purposes = ["workload", "mesh", "vpn"];
const signed = new Map<string, SignedHierarchy>();

beforeAll(async () => {
    for (const purpose of purposes)
        signed.set(purpose, await makeSigned(purpose, new Date("2026-11-01T00:00:00Z")));
});

/** What the ceremony of these environments would bring: made by another implementation. */
function ceremony(last: LastUp["requests"]) {
    const named = (suffix: string, field: "rootPem" | "certificatePem") =>
        Object.fromEntries(
            [...signed].map(([purpose, one]) => [`${purpose}-${suffix}`, one[field]] as const),
        );
    expect(Object.keys(last)).toHaveLength(purposes.length);
    return { roots: named("root-g1", "rootPem"), certificates: named("ca-g1", "certificatePem") };
}

const requests = () =>
    Object.fromEntries([...signed].map(([purpose, one]) => [`${purpose}-ca-g1`, one.csrPem]));

/** Stands for the providers; a request is a real one. */
const computed = (resource: Recorded): Readonly<Record<string, unknown>> =>
    resource.type.endsWith("CertRequest")
        ? { certRequestPem: requests()[resource.name] }
        : computedByProviders(resource);

async function resourcesOf(settings: Settings) {
    mockEngine(computed);
    const Program = settings.pki.plans.workload.issuing === undefined ? PendingPlatform : Platform;
    new Program("platform", platformArgs(settings));
    return recorded();
}

/** An environment as it is once everything is signed. */
function complete(environment: Environment): Settings {
    if (!strict.includes(environment)) return built(environment);
    const last: LastUp = { asOf: "2026-11-20", hierarchies: {}, requests: requests() };
    const pki = ceremony(last.requests);
    return whole(read(environment, fileOf(environment, { ...pinned(environment), pki }), last));
}

/** What the pack has against the resources, told what that environment's file for it says. */
function violations(environment: string, resources: readonly Recorded[]) {
    const file = join(folder, "policies/environments", `${environment}.json`);
    const config = JSON.parse(readFileSync(file, "utf8")) as Record<string, Record<string, never>>;
    const { settings, problems } = readSettings(config["pack-settings"] ?? {});
    expect(problems).toEqual([]);
    const subjects = resources.flatMap(({ type, name, inputs }) =>
        pulumiSubjects({ type, name, props: plain(inputs) as Recorded["inputs"] }),
    );
    const found = rules.flatMap((rule) => {
        const context = ruleContext(rule, settings, config[rule.name] ?? {});
        const alone = subjects.flatMap((subject) => judgeSubject(rule, subject, context));
        return [...alone, ...judgeStack(rule, subjects, context)];
    });
    return found.map(({ rule, subject }) => `${rule.name} ${subject.kind} ${subject.name}`);
}

/** Secrets as the engine hands them to a policy. */
function plain(value: unknown): unknown {
    if (typeof value !== "object" || value === null) return value;
    if (Array.isArray(value)) return value.map(plain);
    const entries: [string, unknown][] = Object.entries(value);
    const [only] = entries;
    if (entries.length === 1 && only?.[0] === "secret") return plain(only[1]);
    return Object.fromEntries(entries.map(([name, inside]) => [name, plain(inside)]));
}

it.each(["staging", "prod"] as const)(
    "the first up of %s makes keys and requests and says what to sign",
    async (environment) => {
        const settings = built(environment);
        const resources = await resourcesOf(settings);
        expect(new Set(resources.map(({ name }) => name))).toEqual(
            new Set(purposes.map((purpose) => `${purpose}-ca-g1`)),
        );
        expect(pkiWarning(settings.pki)).toContain("sign workload-ca-g1 with workload-root-g1");
        expect(violations(environment, resources)).toEqual([]);
    },
);

describe.each(environments)("the whole of %s", (environment) => {
    it("has nothing that the pack refuses there", async () => {
        const resources = await resourcesOf(complete(environment));
        expect(resources.length).toBeGreaterThan(50);
        expect(violations(environment, resources)).toEqual([]);
    });

    it("is told to the pack as it is", () => {
        const file = join(folder, "policies/environments", `${environment}.json`);
        const { profile, leaf } = built(environment).config;
        const isLongest = leaf.lifetime === 2160;
        expect(JSON.parse(readFileSync(file, "utf8"))).toEqual({
            "pack-settings": { environment, profile },
            ...(isLongest
                ? {}
                : { "certificate-require-rotation": { maximumLifetimeHours: leaf.lifetime } }),
        });
    });
});

it("has managed roots and longer leaves in the lab, which production's pack refuses", async () => {
    const refused = violations("prod", await resourcesOf(complete("lab")));
    expect(refused).toContain("root-forbid-managed SelfSignedCert workload-root-g1");
    expect(refused).toContain("certificate-require-rotation Certificate api-server");
});
