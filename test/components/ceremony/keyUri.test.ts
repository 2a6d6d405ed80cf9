import { createPrivateKey } from "node:crypto";
import { existsSync, readFileSync } from "node:fs";
import { publicKeyArguments, signArguments } from "../../../ceremony/rootSigner";
import { makeKeys, makeRequest } from "../pki/authorities";
import { Desk, passphrase, perform } from "./performing";

// Without a token: openssl itself is real, and the key is an encrypted file that it opens by a `file:` URI.
const desk = new Desk();
const uri = `file:${desk.at("token.key")}`;
const otherUri = `file:${desk.at("other.key")}`;

function makeKey(file: string, curve: string): void {
    const how = ["-algorithm", "EC", "-pkeyopt", `ec_paramgen_curve:${curve}`];
    desk.openssl("genpkey", ...how, "-aes-256-cbc", "-pass", "file:passphrase", "-out", file);
}

beforeAll(async () => {
    makeKey("token.key", "P-384");
    makeKey("other.key", "P-384");
    makeKey("small.key", "P-256");
    desk.write(
        "ca.csr",
        await makeRequest("O=local.bluefly.io, CN=workload-ca-g1", await makeKeys("P-256")),
    );
});

afterAll(() => {
    desk.remove();
});

describe("a root whose key openssl alone sees", () => {
    beforeAll(async () => {
        expect(await perform(desk.initArguments("root", { "key-uri": uri }))).toMatchObject({
            exitCode: 0,
            error: undefined,
        });
    });

    it("has no key in its folder", () => {
        expect(existsSync(desk.at("root/root.key"))).toBe(false);
        expect(desk.openssl("verify", "-CAfile", "root/root.crt", "root/root.crt")).toBe(
            "root/root.crt: OK\n",
        );
    });

    it("signs", async () => {
        const args = desk.signArguments("ca.csr", "ca.crt", { "key-uri": uri });
        const { exitCode, shown } = await perform(args);
        expect(exitCode).toBe(0);
        expect(desk.openssl("verify", "-x509_strict", "-CAfile", "root/root.crt", "ca.crt")).toBe(
            "ca.crt: OK\n",
        );
        const key = createPrivateKey({ key: readFileSync(desk.at("token.key")), passphrase });
        const { d = "" } = key.export({ format: "jwk" });
        for (const text of [shown, readFileSync(desk.at("root/signed.jsonl"), "utf8")])
            expect(text).not.toContain(Buffer.from(d, "base64url").toString("hex"));
    });

    it("does not sign by another key", async () => {
        const args = desk.signArguments("ca.csr", "no.crt", { "key-uri": otherUri });
        expect(await perform(args)).toMatchObject({
            exitCode: 1,
            error: "[--key-uri] signed with another key than the root's; allowed the key of root.crt: nothing was written",
        });
        expect(existsSync(desk.at("no.crt"))).toBe(false);
    });

    it("does not sign under another passphrase, which is told to nobody", async () => {
        const wrong = desk.write("wrong", "another passphrase of some length");
        const changes = { "key-uri": uri, "passphrase-file": wrong };
        const { exitCode, error } = await perform(desk.signArguments("ca.csr", "no.crt", changes));
        expect(exitCode).toBe(1);
        expect(error).toMatch(/^\[--key-uri\] openssl dgst failed: .+; look at the URI, the PIN/);
        expect(error).not.toContain("another passphrase");
    });
});

describe("a key", () => {
    it("of another curve is refused", async () => {
        const small = { "key-uri": `file:${desk.at("small.key")}` };
        expect(await perform(desk.initArguments("small", small))).toMatchObject({
            exitCode: 1,
            error: "[--key-uri] is a key of P-256; allowed P-384: make another in the token",
        });
        expect(existsSync(desk.at("small"))).toBe(false);
    });

    it("of another scheme is refused", async () => {
        const { exitCode, error } = await perform(
            desk.initArguments("no", { "key-uri": "https://keys.example/root" }),
        );
        expect(exitCode).toBe(2);
        expect(error).toContain(
            '[--key-uri] is "https://keys.example/root"; allowed pkcs11:... (RFC 7512) or file:...',
        );
    });

    it("with its PIN in the URI is refused, and the PIN not repeated", async () => {
        const withPin = "pkcs11:token=roots;object=g1?pin-value=87654321";
        const { exitCode, error } = await perform(desk.initArguments("no", { "key-uri": withPin }));
        expect(exitCode).toBe(2);
        expect(error).toContain("[--key-uri] holds a pin-value, which everyone");
        expect(error).not.toContain("87654321");
    });
});

describe("openssl is called", () => {
    const token = "pkcs11:token=roots;object=g1";

    it("with its provider for a PKCS#11 URI", () => {
        expect(signArguments({ uri: token })).toEqual(
            `dgst -sha384 -provider pkcs11 -provider default -sign ${token}`.split(" "),
        );
        expect(publicKeyArguments({ uri: token, passphraseFile: "/pin" })).toEqual(
            `pkey -provider pkcs11 -provider default -in ${token} -pubout -passin file:/pin`.split(
                " ",
            ),
        );
    });

    it("with an engine where one is named", () => {
        const key = { uri: token, engine: "pkcs11", passphraseFile: "/pin" };
        expect(signArguments(key)).toEqual(
            `dgst -sha384 -engine pkcs11 -keyform engine -sign ${token} -passin file:/pin`.split(
                " ",
            ),
        );
        expect(publicKeyArguments(key)).toEqual(
            `pkey -engine pkcs11 -inform engine -in ${token} -pubout -passin file:/pin`.split(" "),
        );
    });

    it("and says which module is missing", async () => {
        const changes = { "key-uri": token, engine: "no-such-engine" };
        const { exitCode, error } = await perform(desk.initArguments("no", changes));
        expect(exitCode).toBe(1);
        expect(error).toMatch(/^\[--key-uri\] openssl pkey failed: .*no-such-engine/);
    });
});
