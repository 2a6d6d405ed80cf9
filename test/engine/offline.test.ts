import { webcrypto, X509Certificate, type KeyObject } from "node:crypto";
import { readFileSync } from "node:fs";
import { Purpose } from "../../components/pki/hierarchy";
import { Desk, perform } from "../components/ceremony/performing";
import {
    makeAuthority,
    makeKeys,
    makeRequest,
    signingUsages,
    type Keys,
} from "../components/pki/authorities";
import { byDigest } from "../stacks/raw";
import { stackConfig } from "../target";
import { Environment } from "./years/environment";
import { KeyService } from "./years/keyService";
import { signerOf } from "./years/leaf";
import { Program } from "./years/project";
import { published } from "./years/published";
import { readState, type KeptState } from "./years/state";

/**
 * An environment of production through the real engine, from nothing to its authorities: `up`, ceremony, `up`. Simulated is the key
 * service that keeps its secrets. The first `up` and every refusal are of the project's own program; the second builds the authorities
 * alone, since a cluster has one ClusterIssuer of that name.
 */
const epoch = "2026-11-01";
const today = "2026-11-24";
const purposes = Object.values(Purpose);
const desks = new Map(purposes.map((purpose) => [purpose, new Desk()]));

let service: KeyService;
let environment: Environment;
let requested: KeptState;
let firstText: string;
/** What the ceremony made, for `pki` in config. */
const roots: Record<string, string> = {};
const certificates: Record<string, string> = {};

const { cluster } = stackConfig();
const prod = { ...byDigest, cluster, environment: "prod", namespace: "offline-prod" };

function configure(pki: Readonly<Record<string, unknown>>, values: object = prod): void {
    environment.configure({ ...values, pki: { rootMode: "offline", epoch, asOf: today, ...pki } });
}

/** The messages of a refused run, which the engine shows under the stack. */
const errorsOf = (text: string): string[] =>
    (text.match(/^\s*\[[\w.:-]+\] (?:is|has|lives|begins|ends) .*$/gm) ?? []).map((one) =>
        one.trim(),
    );

const desk = (purpose: Purpose): Desk => desks.get(purpose) ?? new Desk();

async function performed(args: readonly string[]): Promise<void> {
    expect((await perform(args)).error).toBeUndefined();
}

/** Signs a request as the runbook says, or otherwise. */
async function sign(
    purpose: Purpose,
    csr: string,
    changes: Readonly<Record<string, string>> = {},
): Promise<string> {
    const out = `${purpose}-${Object.values(changes).join("-").replaceAll("/", "-")}.crt`;
    desk(purpose).write("request.csr", csr);
    const times = { "not-before": today, ...changes };
    await performed(desk(purpose).signArguments("request.csr", out, times));
    return readFileSync(desk(purpose).at(out), "utf8");
}

beforeAll(async () => {
    service = await KeyService.start();
    environment = await Environment.make("offline-prod", service.provider);
    environment.choose(Program.Whole);
    configure({});
    const { status, text } = await environment.up();
    if (status !== 0) throw new Error(text);
    firstText = text;
    requested = readState(await environment.state());
    for (const purpose of purposes) {
        await performed(desk(purpose).initArguments("root", { purpose }));
        roots[`${purpose}-root-g1`] = readFileSync(desk(purpose).at("root/root.crt"), "utf8");
        const name = `${purpose}-ca-g1`;
        certificates[name] = await sign(purpose, requested.outputs.pkiRequests[name] ?? "");
    }
}, 300_000);

afterAll(async () => {
    for (const one of desks.values()) one.remove();
    await environment.remove();
    await service.stop();
});

describe("the first up", () => {
    it("says in one warning what to make and to sign", () => {
        const warnings = firstText.match(/^\s*warning: .*$/gm) ?? [];
        expect(distinct(warnings.map((one) => one.trim()))).toEqual([
            "warning: make workload-root-g1, mesh-root-g1, vpn-root-g1 and put their certificates into pki.roots; " +
                "sign workload-ca-g1 with workload-root-g1, mesh-ca-g1 with mesh-root-g1, vpn-ca-g1 with vpn-root-g1 " +
                "(requests: output pkiRequests; certificates: pki.certificates); " +
                "nothing that needs a certificate is built before; by when: output pkiSteps",
        ]);
    });

    it("makes the keys and the requests of three intermediates, and nothing else", () => {
        const names = purposes.map((purpose) => `${purpose}-ca-g1`).sort();
        expect([...requested.generations].sort()).toEqual(names);
        expect([...requested.keys.keys()].sort()).toEqual(names);
        const types = [...requested.ids.keys()].map((urn) => urn.split("$").at(-1)?.split("::")[0]);
        expect(types.filter((type) => type?.startsWith("kubernetes:"))).toEqual([]);
    });

    it("hands out the requests", () => {
        for (const purpose of purposes)
            expect(requested.outputs.pkiRequests[`${purpose}-ca-g1`]).toContain(
                "-----BEGIN CERTIFICATE REQUEST-----",
            );
    });
});

/** What came back, each wrong in one way; the same act is permitted below. */
describe("what does not fit is refused by one message", () => {
    const key = "pki.certificates.workload-ca-g1";

    async function refusal(changed: Readonly<Record<string, string>>, known = roots) {
        environment.choose(Program.Whole);
        configure({ roots: known, certificates: { ...certificates, ...changed } });
        const { status, text } = await environment.run("preview");
        expect(status).not.toBe(0);
        const errors = errorsOf(text);
        expect(errors).toHaveLength(1);
        return errors[0];
    }

    const subject = "O=local.bluefly.io, CN=workload-ca-g1";
    const own = () => requested.outputs.pkiRequests["workload-ca-g1"] ?? "";
    const workload = desk(Purpose.Workload);

    it("signed by another root of that name", async () => {
        await performed(workload.initArguments("other"));
        const pem = await sign(Purpose.Workload, own(), { root: workload.at("other") });
        expect(await refusal({ "workload-ca-g1": pem })).toContain(
            `[${key}] is not signed by the key of "O=local.bluefly.io, CN=workload-root-g1"`,
        );
    });

    it("for another key", async () => {
        const csr = await makeRequest(subject, await makeKeys("P-256"));
        const pem = await sign(Purpose.Workload, csr, { "not-before": "2026-11-23" });
        expect(await refusal({ "workload-ca-g1": pem })).toMatch(
            /^\[pki\.certificates\.workload-ca-g1\] is for the key sha256 /,
        );
    });

    it("with path length 1", async () => {
        // The ceremony signs no such thing.
        const keyFile = workload.at("root/root.key");
        const passphrase = `file:${workload.passphraseFile}`;
        const rootKey = workload.openssl("pkey", "-in", keyFile, "-passin", passphrase);
        const { publicKey } = new X509Certificate(certificates["workload-ca-g1"] ?? "");
        const pem = await makeAuthority({
            subject,
            keys: await publicHalf(publicKey),
            issuer: "O=local.bluefly.io, CN=workload-root-g1",
            signer: await signerOf(rootKey, "P-384"),
            notBefore: new Date(`${today}T00:00:00Z`),
            notAfter: new Date("2027-11-24T00:00:00Z"),
            isAuthority: true,
            pathLength: 1,
            usages: signingUsages,
        });
        expect(await refusal({ "workload-ca-g1": pem })).toContain(
            `[${key}] has path length 1; allowed 0`,
        );
    });

    it("from a day to come", async () => {
        const pem = await sign(Purpose.Workload, own(), { "not-before": "2026-12-24" });
        expect(await refusal({ "workload-ca-g1": pem })).toContain(
            `[${key}] begins 2026-12-24T00:00:00Z; allowed 2026-11-24T00:00:00Z or earlier`,
        );
    });

    it("cut short", async () => {
        const pem = (certificates["workload-ca-g1"] ?? "").slice(0, 300);
        expect(await refusal({ "workload-ca-g1": pem })).toContain(
            `[${key}] is no whole certificate, but cut short`,
        );
    });

    it("with a root that is cut short", async () => {
        const pem = (roots["workload-root-g1"] ?? "").slice(0, 300);
        expect(await refusal({}, { ...roots, "workload-root-g1": pem })).toContain(
            "[pki.roots.workload-root-g1] is no root",
        );
    });

    it("of a root that is not known", async () => {
        const known = Object.fromEntries(
            Object.entries(roots).filter(([name]) => name !== "workload-root-g1"),
        );
        expect(await refusal({}, known)).toContain("[pki.roots.workload-root-g1] is not set");
    });

    it("and the same that fits is let through, with the whole platform", async () => {
        environment.choose(Program.Whole);
        configure({ roots, certificates });
        const { status, text } = await environment.run("preview");
        expect({ status, errors: errorsOf(text) }).toEqual({ status: 0, errors: [] });
        expect(text).not.toContain("warning:");
    });
});

it("the second up keeps keys and requests, and its authorities issue", async () => {
    environment.choose(Program.AuthoritiesOnly);
    configure({ roots, certificates });
    expect(await environment.up()).toMatchObject({ status: 0 });
    const state = readState(await environment.state());
    for (const [urn, id] of requested.ids) expect(state.ids.get(urn)).toBe(id);
    expect(state.keys).toEqual(requested.keys);
    expect(state.outputs.pkiRequests).toEqual(requested.outputs.pkiRequests);
    const now = published(await environment.objects());
    for (const purpose of purposes) {
        const chain = `${certificates[`${purpose}-ca-g1`] ?? ""}${roots[`${purpose}-root-g1`] ?? ""}`;
        expect(now?.[purpose]).toMatchObject({
            chainPem: chain,
            bundlePem: roots[`${purpose}-root-g1`],
            keyPem: state.keys.get(`${purpose}-ca-g1`),
        });
    }
    expect(await environment.run("preview", "--expect-no-changes")).toMatchObject({ status: 0 });
});

describe("in an environment whose secrets a passphrase keeps", () => {
    let other: Environment;
    beforeAll(async () => {
        other = await Environment.make("offline-passphrase");
        other.choose(Program.Whole);
    }, 120_000);
    afterAll(() => other.remove());

    async function errors(name: string, rootMode: string): Promise<readonly string[]> {
        const pki = { rootMode, epoch, asOf: today };
        other.configure({ ...byDigest, cluster, environment: name, pki });
        const { status, text } = await other.run("up", "--yes", "--skip-preview");
        expect(status).not.toBe(0);
        expect(readState(await other.state()).generations.size).toBe(0);
        return errorsOf(text).map((line) => line.split(";")[0] ?? "");
    }

    it.each(["staging", "prod"])("%s refuses it, and a managed root as well", async (name) => {
        const passphrase = '[secretsprovider] is "passphrase"';
        expect(await errors(name, "offline")).toEqual([passphrase]);
        expect(await errors(name, "managed")).toEqual(['[pki.rootMode] is "managed"', passphrase]);
    });

    it.each(["managed", "offline"])("lab permits it, with a root that is %s", async (rootMode) => {
        other.configure({ environment: "lab", pki: { rootMode, epoch, asOf: today } });
        expect(await other.run("preview")).toMatchObject({ status: 0 });
    });
});

/** A key to be certified; nothing is signed with its private half, which is another's. */
async function publicHalf(key: KeyObject): Promise<Keys> {
    const { algorithm, pair } = await makeKeys("P-256");
    const der = key.export({ type: "spki", format: "der" });
    const publicKey = await webcrypto.subtle.importKey("spki", der, algorithm, true, ["verify"]);
    return { algorithm, pair: { ...pair, publicKey } };
}

const distinct = <T>(all: readonly T[]): T[] => [...new Set(all)];
