import { createPrivateKey } from "node:crypto";
import { existsSync, readdirSync, readFileSync, statSync } from "node:fs";
import { keyDerivationRounds } from "../../../ceremony/encryptedKey";
import { readAuthorityCertificate } from "../../../components/pki/authorityCertificate";
import { Desk, organization, passphrase, perform } from "./performing";

const desk = new Desk();

afterAll(() => {
    desk.remove();
});

describe("a root", () => {
    let shown: string;

    beforeAll(async () => {
        const performed = await perform(desk.initArguments("root"));
        expect(performed).toMatchObject({ exitCode: 0, error: undefined, questions: [] });
        shown = performed.shown;
    });

    it("is its key, its certificate and its log, for their owner alone", () => {
        expect(readdirSync(desk.at("root")).sort()).toEqual([
            "root.crt",
            "root.key",
            "signed.jsonl",
        ]);
        for (const file of readdirSync(desk.at("root")))
            expect(statSync(desk.at(`root/${file}`)).mode & 0o777).toBe(0o600);
        expect(statSync(desk.at("root")).mode & 0o777).toBe(0o700);
    });

    it("is what components/pki makes, read by openssl", () => {
        const text = desk.openssl("x509", "-in", "root/root.crt", "-noout", "-text");
        for (const line of [
            "Issuer: O = local.bluefly.io, CN = workload-root-g1",
            "Subject: O = local.bluefly.io, CN = workload-root-g1",
            "Not Before: Nov  1 00:00:00 2026 GMT",
            "Not After : Oct 29 00:00:00 2036 GMT",
            "NIST CURVE: P-384",
            "CA:TRUE, pathlen:1",
            "Certificate Sign, CRL Sign",
            "Signature Algorithm: ecdsa-with-SHA384",
        ])
            expect(text).toContain(line);
        expect(text.match(/critical/g)).toHaveLength(2);
        expect(desk.openssl("verify", "-x509_strict", ...trust, "root/root.crt")).toBe(
            "root/root.crt: OK\n",
        );
    });

    it("names its key in both key identifiers", () => {
        const text = desk.openssl("x509", "-in", "root/root.crt", "-noout", "-text");
        const [subjectKey, authorityKey] = [...text.matchAll(/(?:[0-9A-F]{2}:){19}[0-9A-F]{2}/g)];
        expect(subjectKey?.[0]).toBe(authorityKey?.[0]);
    });

    it("has a key that openssl opens by the passphrase, and by no other", () => {
        const opened = desk.openssl("pkey", "-in", "root/root.key", ...pass, "-pubout");
        expect(opened).toBe(desk.openssl("x509", "-in", "root/root.crt", "-noout", "-pubkey"));
        desk.write("wrong", "correct horse battery staple ten\n");
        expect(() =>
            desk.openssl("pkey", "-in", "root/root.key", "-passin", "file:wrong", "-noout"),
        ).toThrow("Could not read key");
    });

    it("has a key under PBKDF2 with SHA-256 and AES-256, a million rounds", () => {
        const structure = desk.openssl("asn1parse", "-in", "root/root.key");
        expect(keyDerivationRounds).toBe(1_000_000);
        for (const part of [
            ":PBES2",
            ":PBKDF2",
            ":hmacWithSHA256",
            ":aes-256-cbc",
            `INTEGER           :0${keyDerivationRounds.toString(16).toUpperCase()}`,
        ])
            expect(structure).toContain(part);
    });

    it("shows itself and the end of its log, and nothing of its key", () => {
        const key = createPrivateKey({
            key: readFileSync(desk.at("root/root.key")),
            passphrase,
        }).export({ format: "jwk" });
        const scalar = Buffer.from(key.d ?? "", "base64url");
        const files = ["root.crt", "signed.jsonl"].map((file) =>
            readFileSync(desk.at(`root/${file}`), "utf8"),
        );
        for (const text of [shown, ...files])
            for (const secret of [
                scalar.toString("hex"),
                scalar.toString("base64").slice(0, 40),
                passphrase,
            ])
                expect(text).not.toContain(secret);
        expect(shown).toContain("authority   yes, path length 1");
        expect(shown).toMatch(/log {9}ends in [0-9a-f]{64}; write it down/);
    });
});

it.each(["workload", "mesh", "vpn"])("there is a root for the %s", async (purpose) => {
    const folder = `root-${purpose}`;
    await perform(desk.initArguments(folder, { purpose, generation: "12" }));
    const root = readAuthorityCertificate(readFileSync(desk.at(`${folder}/root.crt`), "utf8"));
    expect(root?.subject).toEqual([
        { type: "O", value: organization },
        { type: "CN", value: `${purpose}-root-g12` },
    ]);
});

it("a root that lives past 2049 says so in four digits", async () => {
    await perform(desk.initArguments("late", { "not-before": "2045-02-28" }));
    expect(desk.openssl("x509", "-in", "late/root.crt", "-noout", "-dates")).toBe(
        "notBefore=Feb 28 00:00:00 2045 GMT\nnotAfter=Feb 26 00:00:00 2055 GMT\n",
    );
});

it("an organization may have any letters", async () => {
    await perform(desk.initArguments("letters", { organization: "Blåfly, Søn & Co" }));
    expect(
        desk.openssl(
            "x509",
            ...["-in", "letters/root.crt", "-noout", "-subject", "-nameopt", "utf8,sep_multiline"],
        ),
    ).toContain("O=Blåfly, Søn & Co");
});

describe("the passphrase", () => {
    const typed = (folder: string) =>
        desk.initArguments(folder).filter((word, at, all) => !isPassphraseFile(word, all[at - 1]));

    it("is asked for twice", async () => {
        const { exitCode, questions } = await perform(typed("typed"), [passphrase, passphrase]);
        expect(exitCode).toBe(0);
        expect(questions).toEqual(["Passphrase of the root: ", "Once more: "]);
        expect(desk.openssl("pkey", "-in", "typed/root.key", ...pass, "-pubout")).toContain(
            "BEGIN PUBLIC KEY",
        );
    });

    it.each([
        [
            "differs the second time",
            [passphrase, `${passphrase} `],
            "[passphrase] was typed differently the second time; begin again",
        ],
        [
            "has 19 characters",
            ["1234567890123456789"],
            "[passphrase] has 19 characters; allowed 20 or more: take six words by dice",
        ],
        [
            "cannot be typed",
            [],
            "[passphrase] cannot be typed here; allowed a terminal, or --passphrase-file FILE",
        ],
    ])("is refused if it %s, and nothing is made", async (_, answers, error) => {
        expect(await perform(typed("refused"), answers)).toMatchObject({ exitCode: 1, error });
        expect(existsSync(desk.at("refused"))).toBe(false);
    });

    it("of 20 characters will do", async () => {
        const short = "12345678901234567890";
        expect((await perform(typed("short"), [short, short])).exitCode).toBe(0);
    });
});

it("a root is never written over", async () => {
    desk.write("notes", "");
    expect(await perform(desk.initArguments("."))).toMatchObject({
        exitCode: 1,
        error: `[--out] ${desk.folder} is not empty; allowed a new or an empty folder: a root is made once`,
    });
});

describe("the command line", () => {
    it.each([
        [{ purpose: "edge" }, '[--purpose] is "edge"; allowed workload, mesh, vpn'],
        [
            { generation: "0" },
            '[--generation] is "0"; allowed 1 to 999: N of the root\'s name workload-root-gN',
        ],
        [
            { "not-before": "2026-02-31" },
            '[--not-before] is "2026-02-31"; allowed a day YYYY-MM-DD, which begins at 00:00 UTC',
        ],
        [
            { organization: "a".repeat(65) },
            `[--organization] is "${"a".repeat(65)}"; allowed 1 to 64 characters: the domain of the environment`,
        ],
        [{ organization: "" }, "[--organization] is empty; give it a value"],
        [{ strength: "9" }, "Unknown option '--strength'"],
        [
            { engine: "pkcs11" },
            '[--engine] is "pkcs11" without --key-uri; allowed together with it: leave it out, or name the key',
        ],
    ])("is refused with %j", async (changes, message) => {
        const { exitCode, error } = await perform(desk.initArguments("never", changes));
        expect(exitCode).toBe(2);
        expect(error?.split("\n")[0]).toBe(message);
        expect(error).toContain("usage:\n  ceremony init");
        expect(existsSync(desk.at("never"))).toBe(false);
    });

    it.each([
        [[], "[command] is missing; allowed init, sign, inspect"],
        [["make"], '[command] is "make"; allowed init, sign, inspect'],
        [["init"], "[--purpose] is missing; give it a value"],
    ])("%j is refused", async (args, message) => {
        const { exitCode, error } = await perform(args);
        expect(exitCode).toBe(2);
        expect(error?.split("\n")[0]).toBe(message);
    });

    it("is explained by --help", async () => {
        const { exitCode, shown } = await perform(["--help"]);
        expect(exitCode).toBe(0);
        expect(shown).toContain("ceremony sign --root DIR --csr FILE --out FILE");
    });
});

const trust = ["-CAfile", "root/root.crt"];
const pass = ["-passin", "file:passphrase"];

const isPassphraseFile = (word: string, before: string | undefined): boolean =>
    word === "--passphrase-file" || before === "--passphrase-file";
