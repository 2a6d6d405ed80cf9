import { execFileSync } from "node:child_process";
import { X509Certificate } from "node:crypto";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { sdkVersion } from "../../lab/engine/plugins";
import { tlsProvider } from "../../lab/providers/tls/provider";
import { ThrowAwayStack } from "./throwAwayStack";

jest.setTimeout(120_000);

const hierarchy = (
    changes: { leafHours?: number; earlyRenewalHours?: number; leafName?: string } = {},
) => `
    const key = (name) => new tls.PrivateKey(name, { algorithm: "ECDSA", ecdsaCurve: "P384" }).privateKeyPem;
    const caUses = ["cert_signing", "crl_signing", "digital_signature"];
    const rootKey = key("root");
    const root = new tls.SelfSignedCert("root", {
        privateKeyPem: rootKey,
        isCaCertificate: true, maxPathLength: 1, setSubjectKeyId: true, setAuthorityKeyId: true,
        allowedUses: caUses, validityPeriodHours: 87600,
        subject: { commonName: "Test Root", organization: "Übung" },
    });
    const middleKey = key("middle");
    const middle = new tls.LocallySignedCert("middle", {
        certRequestPem: new tls.CertRequest("middle", {
            privateKeyPem: middleKey, subject: { commonName: "Test Intermediate" },
        }).certRequestPem,
        caCertPem: root.certPem, caPrivateKeyPem: rootKey,
        isCaCertificate: true, maxPathLength: 0, setSubjectKeyId: true,
        allowedUses: caUses, validityPeriodHours: 8760,
    });
    const leaf = new tls.LocallySignedCert("leaf", {
        certRequestPem: new tls.CertRequest("leaf", {
            privateKeyPem: key("leaf"),
            dnsNames: ["${changes.leafName ?? "a.b.svc"}"], ipAddresses: ["10.0.0.1", "fd00::1"],
            uris: ["spiffe://cluster.local/ns/a/sa/b"],
        }).certRequestPem,
        caCertPem: middle.certPem, caPrivateKeyPem: middleKey,
        allowedUses: ["digital_signature", "server_auth", "client_auth"],
        validityPeriodHours: ${changes.leafHours ?? 48}, earlyRenewalHours: ${changes.earlyRenewalHours ?? 0},
    });
    return { rootKey, root: root.certPem, middle: middle.certPem, leaf: leaf.certPem, due: leaf.readyForRenewal };`;

interface Outputs {
    readonly rootKey: string;
    readonly root: string;
    readonly middle: string;
    readonly leaf: string;
    readonly due: boolean;
}

let stack: ThrowAwayStack;
let made: Outputs;
let printed: string;

beforeAll(async () => {
    stack = new ThrowAwayStack();
    stack.program(hierarchy());
    await stack.init();
    printed = await stack.pulumi("up", "--yes");
    made = await stack.outputs<Outputs>();
});

afterAll(async () => {
    await stack.pulumi("destroy", "--yes", "--skip-preview");
    expect(stack.state()).not.toContain("tls:index");
    stack.remove();
});

it("stands in for the version that the SDK asks for", () => {
    expect(tlsProvider.version).toBe(sdkVersion("tls"));
});

it("makes a hierarchy that node:crypto believes", () => {
    const [root, middle, leaf] = [made.root, made.middle, made.leaf].map(
        (pem) => new X509Certificate(pem),
    );
    expect(leaf?.checkIssued(middle as X509Certificate)).toBe(true);
    expect(middle?.checkIssued(root as X509Certificate)).toBe(true);
    expect(root?.verify(root.publicKey)).toBe(true);
    expect(middle?.verify(root?.publicKey as X509Certificate["publicKey"])).toBe(true);
    expect([root?.ca, middle?.ca, leaf?.ca]).toEqual([true, true, false]);
    expect(leaf?.subjectAltName).toBe(
        "DNS:a.b.svc, IP Address:10.0.0.1, IP Address:FD00:0:0:0:0:0:0:1, URI:spiffe://cluster.local/ns/a/sa/b",
    );
    expect(Number(leaf?.validToDate) - Number(leaf?.validFromDate)).toBe(48 * 3_600_000);
});

it("makes a hierarchy that OpenSSL verifies strictly, with the extensions that were asked for", () => {
    const folder = mkdtempSync(join(tmpdir(), "certificates-"));
    const file = (name: "root" | "middle" | "leaf"): string => {
        writeFileSync(join(folder, name), made[name]);
        return join(folder, name);
    };
    const openssl = (...args: string[]): string =>
        execFileSync("openssl", args, { encoding: "utf8" });
    const chain = [
        "-x509_strict",
        "-CAfile",
        file("root"),
        "-untrusted",
        file("middle"),
        file("leaf"),
    ];
    expect(openssl("verify", ...chain)).toContain("leaf: OK");
    const extensions = (name: "root" | "middle" | "leaf"): string[] =>
        openssl(
            "x509",
            "-noout",
            "-in",
            file(name),
            "-ext",
            "basicConstraints,keyUsage,extendedKeyUsage",
        )
            .split("\n")
            .map((line) => line.trim())
            .filter((line) => line !== "" && !line.startsWith("X509v3"));
    expect(extensions("root")).toEqual([
        "Digital Signature, Certificate Sign, CRL Sign",
        "CA:TRUE, pathlen:1",
    ]);
    expect(extensions("middle")).toEqual([
        "Digital Signature, Certificate Sign, CRL Sign",
        "CA:TRUE, pathlen:0",
    ]);
    expect(extensions("leaf")).toEqual([
        "Digital Signature",
        "TLS Web Server Authentication, TLS Web Client Authentication",
        "CA:FALSE",
    ]);
    rmSync(folder, { recursive: true });
});

it("keeps private keys out of the state file and out of what is printed", () => {
    expect(made.rootKey).toContain("BEGIN EC PRIVATE KEY");
    const state = stack.state();
    expect(state).toContain("tls:index/privateKey:PrivateKey");
    for (const text of [state, printed]) {
        expect(text).not.toContain("PRIVATE KEY");
        expect(text).not.toContain(made.rootKey.split("\n")[1]);
    }
});

it("changes nothing the second time, nor by a refresh", async () => {
    await stack.pulumi("preview", "--expect-no-changes");
    await stack.pulumi("refresh", "--yes", "--skip-preview", "--expect-no-changes");
});

it("updates in place what may change, and replaces for the rest", async () => {
    stack.program(hierarchy({ earlyRenewalHours: 1 }));
    const update = await stack.pulumi("preview", "--diff");
    expect(update).toContain("~ 1 to update");
    expect(update).not.toContain("to replace");

    stack.program(hierarchy({ leafHours: 49 }));
    const replace = await stack.pulumi("preview", "--diff");
    expect(replace).toContain("+-1 to replace");
    expect(replace).toContain("8 unchanged");

    // A new request is not known in preview, and may not be taken for the old one.
    stack.program(hierarchy({ leafName: "c.d.svc" }));
    expect(await stack.pulumi("preview", "--diff")).toContain("+-2 to replace");
});

it("replaces a certificate whose renewal is due, and keeps the others", async () => {
    stack.program(hierarchy({ earlyRenewalHours: 48 }));
    expect(await stack.pulumi("preview", "--diff")).toContain("+-1 to replace");
    await stack.pulumi("up", "--yes", "--skip-preview");
    const renewed = await stack.outputs<Outputs>();
    expect(renewed.leaf).not.toBe(made.leaf);
    expect(renewed.middle).toBe(made.middle);
    await stack.pulumi("refresh", "--yes", "--skip-preview");
    expect(stack.state()).toMatch(/"readyForRenewal":\s*true/);
});

it("says the property when something cannot be made", async () => {
    stack.program(hierarchy().replace('ecdsaCurve: "P384"', 'ecdsaCurve: "P224"'));
    const { code, output } = await stack.attempt("up", "--yes", "--skip-preview");
    expect(code).not.toBe(0);
    expect(output).toContain("[privateKeyPem] is a key on secp224r1");
    stack.program(hierarchy());
});

it("refuses an import, since there is nothing to import from", async () => {
    const { code, output } = await stack.attempt(
        ...["import", "tls:index/privateKey:PrivateKey", "foreign", "some-id", "--yes"],
    );
    expect(code).not.toBe(0);
    expect(output).toContain("cannot be imported: it exists in state alone");
});
