import "reflect-metadata";
import { KeyObject } from "node:crypto";
import { KeyUsageFlags, Name } from "@peculiar/x509";
import {
    keyFingerprint,
    readAuthorityCertificate,
} from "../../../components/pki/authorityCertificate";
import { readCertificateRequest } from "../../../components/pki/certificateRequest";
import { checkSignedCertificate } from "../../../components/pki/signedCertificate";
import {
    makeAuthority,
    makeKeys,
    makeRequest,
    signingUsages,
    type AuthorityOrder,
    type Keys,
} from "./authorities";

const at = (day: string): Date => new Date(`${day}T00:00:00Z`);
const rootName = "O=local.bluefly.io, CN=workload-root-g1";
const name = "O=local.bluefly.io, CN=workload-ca-g2";
const asOf = new Date("2027-08-01T09:30:00Z");

let fitting: AuthorityOrder;
let rootPem: string;
let csrPem: string;
let otherKeys: Keys;

const check = (certificatePem: string, day = asOf): string[] =>
    checkSignedCertificate({ certificatePem, csrPem, rootPem, asOf: day });

const signed = (changes: Partial<AuthorityOrder> = {}): Promise<string> =>
    makeAuthority({ ...fitting, ...changes });

const short = ({ pair }: Keys): string =>
    keyFingerprint(KeyObject.from(pair.publicKey)).slice(0, 16);

beforeAll(async () => {
    const rootKeys = await makeKeys("P-384");
    const keys = await makeKeys("P-256");
    otherKeys = await makeKeys("P-256");
    fitting = {
        subject: name,
        keys,
        issuer: rootName,
        signer: rootKeys,
        notBefore: at("2027-08-01"),
        notAfter: at("2028-07-31"),
        isAuthority: true,
        pathLength: 0,
        usages: signingUsages,
    };
    rootPem = await makeAuthority({
        ...fitting,
        subject: rootName,
        keys: rootKeys,
        notBefore: at("2026-11-01"),
        notAfter: at("2036-10-29"),
        pathLength: 1,
    });
    csrPem = await makeRequest(name, keys);
});

it("a certificate that fits has no fault", async () => {
    expect(check(await signed())).toEqual([]);
});

it("how texts of a name are encoded does not count", async () => {
    const utf8 = (oid: string, value: string) => ({ [oid]: [{ utf8String: value }] });
    const subject = new Name([
        utf8("2.5.4.10", "local.bluefly.io"),
        utf8("2.5.4.3", "workload-ca-g2"),
    ]);
    const request = await makeRequest(subject, fitting.keys);
    const [ours, theirs] = [request, csrPem].map((pem) => readCertificateRequest(pem)?.subjectDer);
    expect(ours).not.toEqual(theirs);
    expect(
        checkSignedCertificate({ certificatePem: await signed(), csrPem: request, rootPem, asOf }),
    ).toEqual([]);
});

describe("one message for", () => {
    it("another key", async () => {
        expect(check(await signed({ keys: otherKeys }))).toEqual([
            `is for the key sha256 ${short(otherKeys)}; the request is for sha256 ${short(fitting.keys)}: sign this request, not that of another generation`,
        ]);
    });

    it("another issuer", async () => {
        expect(check(await signed({ issuer: rootName.replace("g1", "g2") }))).toEqual([
            'is issued by "O=local.bluefly.io, CN=workload-root-g2"; the root is "O=local.bluefly.io, CN=workload-root-g1": sign the request with this root',
        ]);
    });

    it("another root of the same name", async () => {
        const root = short(fitting.signer);
        expect(check(await signed({ signer: await makeKeys("P-384") }))).toEqual([
            `is not signed by the key of "O=local.bluefly.io, CN=workload-root-g1", sha256 ${root}, but by another of that name: sign the request with this root`,
        ]);
    });

    it.each<[string, Partial<AuthorityOrder>, string]>([
        [
            "another subject",
            { subject: name.replace("g2", "g3") },
            'is for the subject "O=local.bluefly.io, CN=workload-ca-g3"; the request is for "O=local.bluefly.io, CN=workload-ca-g2": sign it as it is',
        ],
        [
            "path length 1",
            { pathLength: 1 },
            "has path length 1; allowed 0: nothing but leaves may stand below it",
        ],
        [
            "no path length",
            { pathLength: undefined },
            "has path length none; allowed 0: nothing but leaves may stand below it",
        ],
        [
            "no authority",
            { isAuthority: false, pathLength: undefined },
            "is not an authority; allowed CA true with path length 0",
        ],
        [
            "a usage more",
            { usages: KeyUsageFlags.digitalSignature | signingUsages },
            'has the key usages "CRL signing, certificate signing, digital signature"; allowed "CRL signing, certificate signing"',
        ],
        [
            "100 days",
            { notAfter: at("2027-11-09") },
            "lives 100 days, from 2027-08-01T00:00:00Z to 2027-11-09T00:00:00Z; allowed 365 days",
        ],
        [
            "a day more than a year",
            { notAfter: at("2028-08-01") },
            "lives 366 days, from 2027-08-01T00:00:00Z to 2028-08-01T00:00:00Z; allowed 365 days",
        ],
        [
            "a beginning that is to come",
            { notBefore: at("2027-08-02"), notAfter: at("2028-08-01") },
            "begins 2027-08-02T00:00:00Z; allowed 2027-08-01T09:30:00Z or earlier: choose an earlier --not-before, or wait",
        ],
    ])("%s", async (_, changes, message) => {
        expect(check(await signed(changes))).toEqual([message]);
    });

    it("an end that is past, on that day and not before", async () => {
        const pem = await signed();
        expect(check(pem, new Date("2028-07-30T23:59:59Z"))).toEqual([]);
        expect(check(pem, at("2028-07-31"))).toEqual([
            "ended 2028-07-31T00:00:00Z; allowed later than 2028-07-31T00:00:00Z: sign the request of the generation that is due",
        ]);
    });

    it("a life that is longer than the root's, by a day", async () => {
        const last = { notBefore: at("2035-10-30"), notAfter: at("2036-10-29") };
        const late = { notBefore: at("2035-10-31"), notAfter: at("2036-10-30") };
        expect(check(await signed(last), at("2035-11-01"))).toEqual([]);
        expect(check(await signed(late), at("2035-11-01"))).toEqual([
            "ends 2036-10-30T00:00:00Z and outlives its root; allowed 2036-10-29T00:00:00Z or earlier: sign it with the next root",
        ]);
    });

    it("a beginning before the root's, by a day", async () => {
        const first = { notBefore: at("2026-11-01"), notAfter: at("2027-11-01") };
        const early = { notBefore: at("2026-10-31"), notAfter: at("2027-10-31") };
        expect(check(await signed(first))).toEqual([]);
        expect(check(await signed(early))).toEqual([
            "begins 2026-10-31T00:00:00Z, before its root; allowed 2026-11-01T00:00:00Z or later: choose a later --not-before",
        ]);
    });
});

describe("a file that is no whole certificate", () => {
    const message =
        "is no whole certificate, but cut short, altered or several; allowed one in PEM: copy the ceremony's file again";

    it("wherever it is cut", async () => {
        const pem = await signed();
        const end = pem.trimEnd().length;
        for (let length = 0; length < end; length += 7)
            expect(check(pem.slice(0, length))).toEqual([message]);
        expect(check(pem.slice(0, end))).toEqual([]);
    });

    it.each<[string, (pem: string) => string]>([
        ["lines were lost", (pem) => pem.split("\n").toSpliced(3, 1).join("\n")],
        ["it holds two", (pem) => pem + pem],
        ["it is of another kind", () => csrPem],
        ["something follows inside", (pem) => withTail(pem)],
    ])("because %s", async (_, alter) => {
        expect(check(alter(await signed()))).toEqual([message]);
    });

    it("an altered letter is a broken signature or no certificate", async () => {
        const lines = (await signed()).split("\n");
        const last = lines.at(-3) ?? "";
        lines[lines.length - 3] = (last.startsWith("A") ? "B" : "A") + last.slice(1);
        expect(check(lines.join("\n"))).toHaveLength(1);
    });

    it("line ends of another system do no harm", async () => {
        expect(check((await signed()).replaceAll("\n", "\r\n"))).toEqual([]);
    });
});

describe("its own arguments", () => {
    it("names a request that is none", async () => {
        const certificatePem = await signed();
        expect(() =>
            checkSignedCertificate({ certificatePem, csrPem: rootPem, rootPem, asOf }),
        ).toThrow("[csrPem] is no whole certificate request; allowed one PKCS#10 in PEM");
    });

    it("names a root that is none", async () => {
        const certificatePem = await signed();
        expect(() =>
            checkSignedCertificate({ certificatePem, csrPem, rootPem: csrPem, asOf }),
        ).toThrow("[rootPem] is no whole certificate; allowed one in PEM");
    });
});

it("reads what Node's own class does not tell", async () => {
    expect(readAuthorityCertificate(rootPem)).toMatchObject({
        isAuthority: true,
        pathLength: 1,
        keyUsages: ["CRL signing", "certificate signing"],
        subject: [
            { type: "O", value: "local.bluefly.io" },
            { type: "CN", value: "workload-root-g1" },
        ],
    });
    expect(readAuthorityCertificate(await signed({ pathLength: undefined }))?.pathLength).toBe(
        undefined,
    );
});

function withTail(pem: string): string {
    const base64 = pem.replace(/-----[^-]+-----|\n/g, "");
    const der = Buffer.concat([Buffer.from(base64, "base64"), Buffer.from([5, 0])]);
    return `-----BEGIN CERTIFICATE-----\n${der.toString("base64")}\n-----END CERTIFICATE-----\n`;
}
