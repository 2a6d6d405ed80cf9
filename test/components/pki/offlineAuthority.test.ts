import * as pulumi from "@pulumi/pulumi";
import type { CertificateAuthorityArgs } from "../../../components/pki/authorityArgs";
import { CertificateAuthority } from "../../../components/pki/certificateAuthority";
import { faultOf } from "../../../components/pki/intermediates";
import { RootMode } from "../../../components/pki/hierarchy";
import { mockEngine, recorded, valueOf, type Recorded } from "../recorded";
import { makeSigned, type SignedHierarchy } from "./signedHierarchy";

let made: SignedHierarchy;

beforeAll(async () => {
    made = await makeSigned("workload", new Date("2026-11-01T00:00:00Z"));
});

/** Stands for the tls provider: every request is the one that was signed. */
const computed = ({ type, name }: Recorded) => {
    if (type.endsWith("PrivateKey")) return { privateKeyPem: `key of ${name}` };
    return type.endsWith("CertRequest") ? { certRequestPem: made.csrPem } : {};
};

const argsWith = (changes: Partial<CertificateAuthorityArgs>): CertificateAuthorityArgs => ({
    organization: "local.bluefly.io",
    rootMode: RootMode.Offline,
    roots: [{ generation: 1, isCurrent: true, certificatePem: made.rootPem }],
    intermediates: [],
    secretNamespace: "cert-manager",
    secretName: "ca-key-pair",
    ...changes,
});

const kinds = async () =>
    (await recorded()).map(({ type, name }) => `${type.split(":").at(-1) ?? ""} ${name}`);

it("makes a key and a request while it is unsigned, and hands the request out", async () => {
    mockEngine(computed);
    const intermediates = [{ generation: 1, rootGeneration: 1, isIssuing: false }];
    const authority = new CertificateAuthority("workload", argsWith({ roots: [], intermediates }));
    expect(await valueOf(authority.requests)).toEqual({ "workload-ca-g1": made.csrPem });
    expect(authority.secretName).toBeUndefined();
    expect(authority.expires).toBeUndefined();
    expect(await kinds()).toEqual(["CertRequest workload-ca-g1", "PrivateKey workload-ca-g1"]);
});

describe("once it is signed", () => {
    const issuing = (certificatePem: string) => [
        { generation: 1, rootGeneration: 1, isIssuing: true, certificatePem },
        { generation: 2, rootGeneration: 1, isIssuing: false },
    ];

    it("issues by the same key, and makes no root", async () => {
        mockEngine(computed);
        const intermediates = issuing(made.certificatePem);
        const authority = new CertificateAuthority("workload", argsWith({ intermediates }));
        expect(await kinds()).toEqual([
            "Secret ca-key-pair",
            "CertRequest workload-ca-g1",
            "CertRequest workload-ca-g2",
            "PrivateKey workload-ca-g1",
            "PrivateKey workload-ca-g2",
        ]);
        const secret = (await recorded()).find(({ type }) => type.endsWith(":Secret"));
        expect(secret?.inputs.data).toEqual({
            secret: {
                "tls.crt": Buffer.from(made.certificatePem + made.rootPem).toString("base64"),
                "tls.key": Buffer.from("key of workload-ca-g1").toString("base64"),
            },
        });
        expect(await valueOf(authority.rootCertificatesPem)).toEqual([made.rootPem]);
        expect(await valueOf(pulumi.output(authority.expires))).toBe("2027-11-01T00:00:00.000Z");
        expect(Object.keys(await valueOf(authority.requests))).toEqual([
            "workload-ca-g1",
            "workload-ca-g2",
        ]);
    });
});

describe("what was signed", () => {
    const fault = (certificatePem: string) =>
        faultOf({ certificatePem, csrPem: made.csrPem, rootPem: made.rootPem });

    it("is taken if it fits the request, whenever it begins", async () => {
        expect(fault(made.certificatePem)).toBeUndefined();
        expect(fault(await made.sign(new Date("2027-08-01T00:00:00Z")))).toBeUndefined();
    });

    it("is refused if it is for another key", async () => {
        const other = await makeSigned("workload", new Date("2026-11-01T00:00:00Z"));
        expect(fault(other.certificatePem)).toMatch(/^is for the key sha256 /);
    });

    it("is refused if it is cut short", () => {
        expect(fault(made.certificatePem.slice(0, 300))).toMatch(/^is no whole certificate/);
    });
});
