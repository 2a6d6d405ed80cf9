import { existsSync } from "node:fs";
import { certRequestKind } from "../../../lab/providers/tls/certRequest";
import { makeKeys, makeRequest } from "../pki/authorities";
import { DeskWithRoot, perform } from "./performing";

const name = DeskWithRoot.subject;
let desk: DeskWithRoot;

beforeAll(async () => {
    desk = await DeskWithRoot.make();
});

afterAll(() => {
    desk.remove();
});

describe("a request", () => {
    const refused = async (pem: string): Promise<string | undefined> => {
        desk.write("bad.csr", pem);
        const lines = desk.logLines();
        const { exitCode, error } = await perform(desk.signArguments("bad.csr", "bad.crt"));
        expect(exitCode).toBe(1);
        expect(existsSync(desk.at("bad.crt"))).toBe(false);
        expect(desk.logLines()).toEqual(lines);
        return error?.replace(desk.at("bad.csr"), "bad.csr");
    };

    it.each([
        "O=local.bluefly.io, CN=mesh-ca-g1",
        "O=other.example, CN=workload-ca-g1",
        "O=local.bluefly.io, CN=workload-root-g1",
        "O=local.bluefly.io, CN=workload-ca-g0",
        "CN=workload-ca-g1",
        "O=local.bluefly.io, CN=workload-ca-g1, OU=more",
    ])("for %s is not this root's", async (subject) => {
        expect(await refused(await makeRequest(subject, desk.keys))).toBe(
            `[--csr] bad.csr is for "${subject}"; allowed "O=local.bluefly.io, CN=workload-ca-gN" with a number for N:` +
                " take the request, or the root, of the same purpose and environment",
        );
    });

    it("for another generation is this root's", async () => {
        desk.write("g7.csr", await makeRequest(name.replace("g1", "g7"), desk.keys));
        expect((await perform(desk.signArguments("g7.csr", "g7.crt"))).exitCode).toBe(0);
    });

    it.each([
        ["rsa:2048", "rsa"],
        ["ed25519", "ed25519"],
    ])("for a key of %s is refused", async (kind, shown) => {
        const subject = "/O=local.bluefly.io/CN=workload-ca-g1";
        const how = ["-newkey", kind, "-nodes", "-keyout", "bad.key", "-subj", subject];
        expect(await refused(desk.openssl("req", "-new", ...how))).toBe(
            `[--csr] bad.csr is for a key of ${shown}; allowed P-256 and P-384: make the request anew`,
        );
    });

    it("whose signature is another's is refused", async () => {
        const [ours, theirs] = [
            desk.read("ca.csr"),
            await makeRequest(name, await makeKeys("P-256")),
        ];
        expect(await refused(withKeyOf(ours, theirs))).toBe(
            "[--csr] bad.csr is not signed by the key that it asks a certificate for; allowed an unaltered request: copy the stack's output again",
        );
    });

    it.each<[string, (pem: string) => string]>([
        ["cut short", (pem) => pem.slice(0, 200)],
        ["of another kind", () => desk.read("root/root.crt")],
        ["empty", () => ""],
    ])("that is %s is refused", async (_, alter) => {
        expect(await refused(alter(desk.read("ca.csr")))).toBe(
            "[--csr] bad.csr is no whole certificate request; allowed one PKCS#10 in PEM: copy the stack's output again",
        );
    });

    it("gets none of the names that it asks for", async () => {
        desk.write("names.csr", await makeRequest(name, desk.keys, ["gateway.local.bluefly.io"]));
        expect(desk.openssl("req", "-in", "names.csr", "-noout", "-text")).toContain(
            "DNS:gateway.local.bluefly.io",
        );
        await perform(desk.signArguments("names.csr", "names.crt"));
        const text = desk.openssl("x509", "-in", "names.crt", "-noout", "-text");
        expect(text).not.toContain("Alternative Name");
        expect(text.match(/X509v3 .*:/g)).toHaveLength(5);
    });

    it("made by the tls provider is signed", async () => {
        desk.openssl("ecparam", ..."-name prime256v1 -genkey -noout -out three.key".split(" "));
        const { outputs } = await certRequestKind.make({
            privateKeyPem: desk.read("three.key"),
            subject: { commonName: "workload-ca-g3", organization: "local.bluefly.io" },
        });
        desk.write("three.csr", outputs["certRequestPem"] as string);
        expect((await perform(desk.signArguments("three.csr", "three.crt"))).exitCode).toBe(0);
        expect(desk.openssl("x509", "-in", "three.crt", "-noout", "-pubkey")).toBe(
            desk.openssl("pkey", "-in", "three.key", "-pubout"),
        );
    });

    it("made by openssl is signed as well", async () => {
        const subject = "/O=local.bluefly.io/CN=workload-ca-g2";
        const how = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes"];
        desk.openssl(
            "req",
            ...["-new", ...how, "-keyout", "two.key", "-subj", subject, "-out", "two.csr"],
        );
        expect((await perform(desk.signArguments("two.csr", "two.crt"))).exitCode).toBe(0);
        expect(desk.openssl("verify", "-CAfile", "root/root.crt", "two.crt")).toBe("two.crt: OK\n");
    });
});

/** The request with the P-256 key of another, and its old signature. */
function withKeyOf(pem: string, other: string): string {
    const [der, otherDer] = [pem, other].map((text) =>
        Buffer.from(text.replace(/-----[^-]+-----|\n/g, ""), "base64"),
    );
    if (der === undefined || otherDer === undefined) throw new Error("no request");
    const beginning = Buffer.from("3059301306072a8648ce3d020106082a8648ce3d030107034200", "hex");
    otherDer.copy(
        der,
        der.indexOf(beginning),
        otherDer.indexOf(beginning),
        otherDer.indexOf(beginning) + 91,
    );
    return `-----BEGIN CERTIFICATE REQUEST-----\n${der.toString("base64")}\n-----END CERTIFICATE REQUEST-----\n`;
}
