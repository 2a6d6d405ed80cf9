import { generateKeyPairSync } from "node:crypto";
import { RootMode } from "../../components/pki/hierarchy";
import type { LastUp } from "../../stacks/lastUp";
import type { PkiClock } from "../../stacks/pkiClock";
import { pkiDue } from "../../stacks/pkiDue";
import { pkiWarning } from "../../stacks/pkiWarning";
import { makeKeys, makeRequest } from "../components/pki/authorities";
import { makeSigned, type SignedHierarchy } from "../components/pki/signedHierarchy";

const epoch = new Date("2026-11-01T00:00:00Z");
const dueOfG2 = new Date("2027-08-01T00:00:00Z");
const names = ["workload", "mesh", "vpn"] as const;

let first: Readonly<Record<(typeof names)[number], SignedHierarchy>>;
let second: SignedHierarchy;
let privateKey: string;
/** The root's, for another key. */
let foreign: string;

beforeAll(async () => {
    const [workload, mesh, vpn] = await Promise.all(names.map((name) => makeSigned(name, epoch)));
    if (!workload || !mesh || !vpn) throw new Error("not made");
    first = { workload, mesh, vpn };
    foreign = await workload.sign(epoch, { keys: await makeKeys("P-256") });
    // Of another root than the first: it stands for what was signed with a wrong one.
    second = await makeSigned("workload", dueOfG2, 2);
    privateKey = generateKeyPairSync("ec", { namedCurve: "P-384" })
        .privateKey.export({ type: "pkcs8", format: "pem" })
        .toString();
});

/** The same without one. */
const without = (name: string, all: Readonly<Record<string, string>>) =>
    Object.fromEntries(Object.entries(all).filter(([key]) => key !== name));

const of = (suffix: string, pick: (made: SignedHierarchy) => string) =>
    Object.fromEntries(names.map((name) => [`${name}-${suffix}`, pick(first[name])]));

/** An offline environment whose first intermediates are signed, on a day after its first `up`. */
function clock(changes: Partial<PkiClock> = {}): PkiClock {
    return {
        rootMode: RootMode.Offline,
        epoch: "2026-11-01",
        asOf: undefined,
        roots: of("root-g1", ({ rootPem }) => rootPem),
        certificates: of("ca-g1", ({ certificatePem }) => certificatePem),
        now: new Date("2026-11-24T10:00:00Z"),
        leafLifetimeHours: 2160,
        last: pending,
        ...changes,
    };
}

/** What the first `up` left: requests. */
let pending: LastUp;
beforeAll(() => {
    pending = {
        asOf: "2026-11-20",
        hierarchies: {},
        requests: of("ca-g1", ({ csrPem }) => csrPem),
    };
});

/** What the second left: all of them issue. */
function issued(asOf = "2026-11-24"): LastUp {
    const expires = new Date("2027-11-01T00:00:00Z");
    const one = { issuing: 1, trustedRoots: [1], rootSince: epoch, expires };
    return { ...pending, asOf, hierarchies: { workload: one, mesh: one, vpn: one } };
}

const errorsOf = (changes: Partial<PkiClock>) => {
    const due = pkiDue(clock(changes));
    return "errors" in due ? due.errors : [];
};

/** How far the workloads' hierarchy is, and what somebody has to do. */
function seen(changes: Partial<PkiClock> = {}) {
    const due = pkiDue(clock(changes));
    if ("errors" in due) throw new Error(due.errors.join("\n"));
    const { generations, issuing } = due.plans.workload;
    const states = generations.map(({ generation, state }) => `g${generation} ${state}`);
    return { issuing, states, warning: pkiWarning(due) };
}

it("lets what is signed issue, and asks for nothing more", () => {
    expect(seen()).toEqual({ issuing: 1, states: ["g1 issuing"], warning: undefined });
});

it("goes on with what is signed while another purpose's is not, and says which", () => {
    const certificates = without("mesh-ca-g1", clock().certificates);
    expect(seen({ certificates })).toEqual({
        issuing: 1,
        states: ["g1 issuing"],
        warning:
            "sign mesh-ca-g1 with mesh-root-g1 (requests: output pkiRequests; certificates: pki.certificates); by when: output pkiSteps",
    });
});

it("asks for the successor 60 days before, and the old one goes on", () => {
    expect(seen({ last: issued(), now: new Date("2027-06-01T10:00:00Z") }).states).toEqual([
        "g1 issuing",
    ]);
    const { states, warning } = seen({ last: issued(), now: new Date("2027-06-02T10:00:00Z") });
    expect(states).toEqual(["g1 issuing", "g2 requested"]);
    expect(warning).toContain("sign workload-ca-g2 with workload-root-g1, mesh-ca-g2 with");
});

it("goes on with the old one as long as that outlives a leaf, and no longer", () => {
    expect(seen({ last: issued(), now: new Date("2027-08-02T10:00:00Z") }).issuing).toBe(1);
    expect(errorsOf({ last: issued(), now: new Date("2027-08-04T10:00:00Z") })).toEqual([
        "[pki.asOf] is not set, which means today, 2027-08-04; allowed a day on which workload-ca-g1, which ends 2027-11-01, still outlives a leaf of 2160h; sign the request of workload-ca-g2 and put the certificate into pki.certificates",
    ]);
});

describe("a successor that is signed in time", () => {
    /** The request of the second generation, and what the first one's root signs of it. */
    const signedFrom = async (from: Date) => {
        const keys = await makeKeys("P-256");
        const subject = "O=local.bluefly.io, CN=workload-ca-g2";
        const requests = { "workload-ca-g2": await makeRequest(subject, keys) };
        const pem = await first.workload.sign(from, { subject, keys });
        return {
            certificates: { ...clock().certificates, "workload-ca-g2": pem },
            last: { ...issued(), requests: { ...pending.requests, ...requests } },
        };
    };

    it("is ready, dated for its day, while the old one goes on", async () => {
        const now = new Date("2027-06-10T10:00:00Z");
        const { states, issuing } = seen({ ...(await signedFrom(dueOfG2)), now });
        expect({ states, issuing }).toEqual({ states: ["g1 issuing", "g2 ready"], issuing: 1 });
    });

    it("issues from its day", async () => {
        const now = new Date("2027-08-01T10:00:00Z");
        const { states, issuing } = seen({ ...(await signedFrom(dueOfG2)), now });
        expect({ states, issuing }).toEqual({ states: ["g2 issuing"], issuing: 2 });
    });

    it("is refused if it was not dated for that day: it would end before its last leaves", async () => {
        const now = new Date("2027-08-01T10:00:00Z");
        const early = await signedFrom(new Date("2027-06-10T00:00:00Z"));
        expect(errorsOf({ ...early, now })).toEqual([
            "[pki.certificates.workload-ca-g2] is a certificate that ends 2028-06-09; allowed one that ends 2028-07-29 or later, so that it outlives every leaf of 2160h until 2028-04-30; sign the request again with --not-before 2027-08-01",
        ]);
    });
});

describe("refuses", () => {
    it.each<[string, () => Partial<PkiClock>, string]>([
        [
            "a certificate for another key",
            () => ({ certificates: { "workload-ca-g1": foreign } }),
            "[pki.certificates.workload-ca-g1] is for the key sha256 ",
        ],
        [
            "one that another root signed",
            () => ({
                certificates: { "workload-ca-g2": second.certificatePem },
                last: {
                    ...issued(),
                    requests: { ...pending.requests, "workload-ca-g2": second.csrPem },
                },
            }),
            '[pki.certificates.workload-ca-g2] is not signed by the key of "',
        ],
        [
            "one that is cut short",
            () => ({
                certificates: { "vpn-ca-g1": first.vpn.certificatePem.slice(0, 200) },
            }),
            "[pki.certificates.vpn-ca-g1] is no whole certificate, but cut short",
        ],
        [
            "a name that is none",
            () => ({ certificates: { "web-ca-g1": "" } }),
            "[pki.certificates.web-ca-g1] is set; allowed workload-ca-gN, mesh-ca-gN, vpn-ca-gN; correct its name or remove it",
        ],
        [
            "one that nobody asked for",
            () => ({ certificates: { "workload-ca-g3": second.certificatePem } }),
            "[pki.certificates.workload-ca-g3] is set; allowed the names of output pkiRequests: mesh-ca-g1, vpn-ca-g1, workload-ca-g1; remove it, and sign what is requested",
        ],
        [
            "one before the first up",
            () => ({ last: undefined, certificates: onlyWorkload() }),
            "[pki.certificates.workload-ca-g1] is set; allowed not set, since no request has been made yet; remove it, and sign what is requested",
        ],
        [
            "one whose root is not there",
            () => ({ roots: {}, certificates: onlyWorkload() }),
            "[pki.roots.workload-root-g1] is not set; allowed the certificate of the root that signs workload-ca-g1; copy root.crt of the ceremony into it",
        ],
        [
            "an intermediate as a root",
            () => ({ roots: { ...clock().roots, "vpn-root-g2": first.vpn.certificatePem } }),
            "[pki.roots.vpn-root-g2] is no root; allowed the certificate of an authority with path length 1 that signed itself, in PEM; copy root.crt of the ceremony again",
        ],
        [
            "a root that signs, and is cut short",
            () => ({
                roots: {
                    ...clock().roots,
                    "workload-root-g1": first.workload.rootPem.slice(0, 300),
                },
            }),
            "[pki.roots.workload-root-g1] is no root; allowed the certificate of an authority with path length 1 that signed itself, in PEM; copy root.crt of the ceremony again",
        ],
        [
            "a root under two names",
            () => ({ roots: { ...clock().roots, "vpn-root-g2": first.mesh.rootPem } }),
            "[pki.roots.vpn-root-g2] is the key of mesh-root-g1; allowed a key of its own for every purpose and generation: bundles never mix; make another root for it",
        ],
        [
            "a root's name that is none",
            () => ({ roots: { ...clock().roots, "workload-ca-g1": first.mesh.rootPem } }),
            "[pki.roots.workload-ca-g1] is set; allowed workload-root-gN, mesh-root-gN, vpn-root-gN; correct its name or remove it",
        ],
        [
            "the loss of what issues",
            () => ({ last: issued(), certificates: withoutWorkload() }),
            "[pki.certificates.workload-ca-g1] is not set; allowed the certificate of what issues; put it back until its successor issues",
        ],
    ])("%s", (_case, changes, message) => {
        expect(errorsOf({})).toEqual([]);
        const errors = errorsOf(changes());
        expect(errors).toEqual([expect.stringContaining(message)]);
    });

    it("the key of a root, and does not repeat it", () => {
        const planted = { "workload-root-g1": privateKey, "mesh-root-g1": first.mesh.rootPem };
        const errors = errorsOf({ roots: planted, certificates: { "mesh-ca-g1": privateKey } });
        expect(errors).toEqual([
            "[pki.roots.workload-root-g1] is <secret>; allowed a certificate; remove it, and replace the key, which is secret no more",
            "[pki.certificates.mesh-ca-g1] is <secret>; allowed a certificate; remove it, and replace the key, which is secret no more",
        ]);
    });

    it("the loss of a root that is trusted", () => {
        const roots = without("workload-root-g1", clock().roots);
        const certificates = withoutWorkload();
        expect(errorsOf({ last: issued(), roots, certificates })).toEqual([
            "[pki.roots.workload-root-g1] is not set; allowed the certificate of a root that is trusted; put it back until output pkiSteps has it trusted no more",
            "[pki.certificates.workload-ca-g1] is not set; allowed the certificate of what issues; put it back until its successor issues",
        ]);
    });
});

const onlyWorkload = () => ({ "workload-ca-g1": first.workload.certificatePem });

const withoutWorkload = () => without("workload-ca-g1", clock().certificates);
