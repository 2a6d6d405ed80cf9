import { createHash, createPrivateKey } from "node:crypto";
import { copyFileSync, existsSync, mkdirSync, writeFileSync } from "node:fs";
import { readAuthorityCertificate } from "../../../components/pki/authorityCertificate";
import { checkSignedCertificate } from "../../../components/pki/signedCertificate";
import { DeskWithRoot, now, passphrase, perform } from "./performing";

let desk: DeskWithRoot;

beforeAll(async () => {
    desk = await DeskWithRoot.make();
});

afterAll(() => {
    desk.remove();
});

describe("a signed intermediate", () => {
    beforeAll(async () => {
        expect(await perform(desk.signArguments("ca.csr", "ca.crt"))).toMatchObject({
            exitCode: 0,
            error: undefined,
            questions: [],
        });
    });

    it("is what components/pki makes, read and verified by openssl", () => {
        const text = desk.openssl("x509", "-in", "ca.crt", "-noout", "-text");
        for (const line of [
            "Issuer: O = local.bluefly.io, CN = workload-root-g1",
            "Subject: O = local.bluefly.io, CN = workload-ca-g1",
            "Not Before: Nov 24 00:00:00 2026 GMT",
            "Not After : Nov 24 00:00:00 2027 GMT",
            "NIST CURVE: P-256",
            "CA:TRUE, pathlen:0",
            "Certificate Sign, CRL Sign",
        ])
            expect(text).toContain(line);
        expect(desk.openssl("verify", "-x509_strict", "-CAfile", "root/root.crt", "ca.crt")).toBe(
            "ca.crt: OK\n",
        );
    });

    it("fits its request as `pulumi up` sees it", () => {
        const [certificatePem, csrPem, rootPem] = ["ca.crt", "ca.csr", "root/root.crt"].map(
            (file) => desk.read(file),
        );
        expect(
            checkSignedCertificate({
                certificatePem: certificatePem ?? "",
                csrPem: csrPem ?? "",
                rootPem: rootPem ?? "",
                asOf: now,
            }),
        ).toEqual([]);
    });

    it("is in the log, which goes on from the root's line", () => {
        const [root, line] = desk
            .logLines()
            .map((text) => JSON.parse(text) as Record<string, string>);
        const made = readAuthorityCertificate(desk.read("ca.crt"));
        expect(root?.["previous"]).toBe("0".repeat(64));
        expect(line).toEqual({
            previous: sha256(desk.logLines()[0] ?? ""),
            time: "2026-11-24T09:30:00.000Z",
            serial: made?.certificate.serialNumber.toLowerCase(),
            subject: "O=local.bluefly.io, CN=workload-ca-g1",
            issuer: "O=local.bluefly.io, CN=workload-root-g1",
            key: publicKeyHash("ca.csr"),
            certificate: made?.certificate.fingerprint256.replaceAll(":", "").toLowerCase(),
            notBefore: "2026-11-24T00:00:00.000Z",
            notAfter: "2027-11-24T00:00:00.000Z",
        });
    });

    it("is not signed where it could not be written", async () => {
        const lines = desk.logLines();
        expect(await perform(desk.signArguments("ca.csr", "missing/ca.crt"))).toMatchObject({
            exitCode: 1,
            error: `[--out] ${desk.at("missing/ca.crt")} cannot be written (ENOENT); allowed a new file in a folder that exists`,
        });
        expect(desk.logLines()).toEqual(lines);
    });

    it("is never written over", async () => {
        const before = desk.read("ca.crt");
        expect(await perform(desk.signArguments("ca.csr", "ca.crt"))).toMatchObject({
            exitCode: 1,
            error: `[--out] ${desk.at("ca.crt")} exists; allowed a new file: choose another name`,
        });
        expect(desk.read("ca.crt")).toBe(before);
    });
});

describe("before it signs", () => {
    const asking = (out: string): string[] =>
        desk.signArguments("ca.csr", out).filter((word) => word !== "--yes");

    it("shows what it is about to sign, and asks", async () => {
        const { exitCode, shown, questions } = await perform(asking("asked.crt"), ["yes"]);
        expect(exitCode).toBe(0);
        expect(questions).toEqual(["Type yes to sign: "]);
        expect(shown.split("\n").slice(0, 8)).toEqual([
            "subject     O=local.bluefly.io, CN=workload-ca-g1",
            `key         P-256, sha256 ${publicKeyHash("ca.csr")}`,
            "signed      by its own key",
            "issuer      O=local.bluefly.io, CN=workload-root-g1",
            "authority   yes, path length 0",
            "begins      2026-11-24T00:00:00.000Z",
            "ends        2027-11-24T00:00:00.000Z",
            "before      this key was signed at 2026-11-24T09:30:00.000Z",
        ]);
    });

    it.each([["no"], ["y"], [""], ["YES"], [passphrase]])(
        "signs nothing for the answer %j, and does not repeat it",
        async (answer) => {
            const lines = desk.logLines();
            const { exitCode, error, shown } = await perform(asking("no.crt"), [answer]);
            expect({ exitCode, error }).toEqual({
                exitCode: 1,
                error: "nothing was signed: the answer was not yes",
            });
            expect(shown).not.toContain(passphrase);
            expect(existsSync(desk.at("no.crt"))).toBe(false);
            expect(desk.logLines()).toEqual(lines);
        },
    );

    it("takes the passphrase from the terminal after the yes", async () => {
        const typed = asking("typed.crt").filter(
            (word) => word !== "--passphrase-file" && word !== desk.passphraseFile,
        );
        const { exitCode, questions } = await perform(typed, ["yes", passphrase]);
        expect(exitCode).toBe(0);
        expect(questions).toEqual(["Type yes to sign: ", "Passphrase of the root: "]);
    });
});

describe("a day to begin", () => {
    it.each(["2026-11-01", "2027-08-01", "2035-10-30"])("may be %s", async (day) => {
        const out = `from-${day}.crt`;
        const args = desk.signArguments("ca.csr", out, { "not-before": day });
        expect((await perform(args)).exitCode).toBe(0);
        expect(readAuthorityCertificate(desk.read(out))?.notBefore).toEqual(
            new Date(`${day}T00:00:00Z`),
        );
    });

    it.each([
        ["2026-10-31", "2027-10-31"],
        ["2035-10-31", "2036-10-30"],
    ])("may not be %s, outside the root's life", async (day, end) => {
        const args = desk.signArguments("ca.csr", "outside.crt", { "not-before": day });
        expect(await perform(args)).toMatchObject({
            exitCode: 1,
            error:
                `[--not-before] is ${day}T00:00:00.000Z, so that the certificate ends ${end}T00:00:00.000Z; allowed within the root's life,` +
                " 2026-11-01T00:00:00.000Z to 2036-10-29T00:00:00.000Z: choose another day, or sign with the next root",
        });
    });
});

describe("the root's folder", () => {
    /** A copy of it in which one file is another. */
    const altered = (folder: string, file: string, text: string): string => {
        mkdirSync(desk.at(folder));
        for (const each of ["root.crt", "root.key", "signed.jsonl"])
            copyFileSync(desk.at(`root/${each}`), desk.at(`${folder}/${each}`));
        writeFileSync(desk.at(`${folder}/${file}`), text);
        return desk.at(folder);
    };
    const signBy = (root: string) => perform(desk.signArguments("ca.csr", "copy.crt", { root }));

    it("is refused under another passphrase, which is told to nobody", async () => {
        const wrong = desk.write("wrong", "another passphrase of some length");
        const args = desk.signArguments("ca.csr", "copy.crt", { "passphrase-file": wrong });
        const { exitCode, error, shown } = await perform(args);
        expect({ exitCode, error }).toEqual({
            exitCode: 1,
            error: `[${desk.at("root/root.key")}] is not opened by this passphrase; type it again, or fetch the other copy of the key if the file is damaged`,
        });
        expect(`${shown}${error ?? ""}`).not.toContain("another passphrase");
    });

    it("is refused with a key that is not encrypted, which is told to nobody", async () => {
        const plain = createPrivateKey({ key: desk.read("root/root.key"), passphrase });
        const pem = plain.export({ type: "pkcs8", format: "pem" }).toString();
        const root = altered("plain", "root.key", pem);
        const { exitCode, error, shown } = await signBy(root);
        expect({ exitCode, error }).toEqual({
            exitCode: 1,
            error: `[${root}/root.key] is no encrypted private key; allowed PKCS#8 in PEM, as \`ceremony init\` writes it`,
        });
        expect(`${shown}${error ?? ""}`).not.toContain(pem.split("\n")[1]);
    });

    it("is refused with another root's key", async () => {
        await perform(desk.initArguments("other"));
        const root = altered("mixed", "root.key", desk.read("other/root.key"));
        expect(await signBy(root)).toMatchObject({
            exitCode: 1,
            error: `[--root] ${root}/root.key is not the key of root.crt; allowed the pair that \`ceremony init\` made: fetch the other copy`,
        });
        expect(existsSync(desk.at("copy.crt"))).toBe(false);
    });

    it("is refused with another root's log", async () => {
        const root = altered("otherLog", "signed.jsonl", desk.read("other/signed.jsonl"));
        expect(await signBy(root)).toMatchObject({
            exitCode: 1,
            error: `[--root] ${root}/signed.jsonl does not begin with root.crt; allowed the log that \`ceremony init\` began: fetch the other copy`,
        });
    });

    it("is refused with a log that was changed", async () => {
        const text = desk.read("root/signed.jsonl").replace("workload-ca-g1", "workload-ca-g9");
        const root = altered("changed", "signed.jsonl", text);
        const { exitCode, error } = await signBy(root);
        expect(exitCode).toBe(1);
        expect(error).toMatch(
            /signed\.jsonl\] line 3 follows [0-9a-f]{64}; allowed one that follows/,
        );
    });

    it("is refused with the certificate of an intermediate", async () => {
        const root = altered("intermediate", "root.crt", desk.read("ca.crt"));
        expect(await signBy(root)).toMatchObject({
            exitCode: 1,
            error: `[--root] ${root}/root.crt is for "O=local.bluefly.io, CN=workload-ca-g1"; allowed the root of a purpose, as \`ceremony init\` makes it`,
        });
    });

    it("is refused where it is not", async () => {
        expect(await signBy(desk.at("nowhere"))).toMatchObject({
            exitCode: 1,
            error: `[--root] ${desk.at("nowhere/root.crt")} cannot be read (ENOENT); allowed the path of a file`,
        });
    });

    it("signs as a whole copy", async () => {
        expect(
            (await signBy(altered("whole", "root.crt", desk.read("root/root.crt")))).exitCode,
        ).toBe(0);
    });
});

function publicKeyHash(csr: string): string {
    const pem = desk.openssl("req", "-in", csr, "-noout", "-pubkey");
    return sha256(Buffer.from(pem.replace(/-----[^-]+-----|\n/g, ""), "base64"));
}

const sha256 = (content: string | Buffer): string =>
    createHash("sha256").update(content).digest("hex");
