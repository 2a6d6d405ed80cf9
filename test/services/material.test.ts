import { inspect } from "node:util";
import { checkContent, readContent, TlsContent } from "../../services/tls/material";
import { type Credential, hour, Pki } from "./pki";
import { serverName } from "./running";

let pki: Pki;
let other: Pki;
let served: Credential;

beforeAll(async () => {
    pki = await Pki.create();
    other = await Pki.create("other");
    served = await pki.leaf({ names: [serverName] });
});

interface Files {
    chain: string;
    key: string;
    trust: string;
}

const check = (changes: Partial<Files> = {}, at = new Date()) => {
    const { chain, key, trust }: Files = { ...served, trust: pki.root.certificate, ...changes };
    return checkContent(new TlsContent(chain, key, trust), "server", at);
};

it("accepts leaf, intermediate, their key and the root", () => {
    const material = check();
    expect(material.leaf.subjectAltName).toBe(`DNS:${serverName}`);
    expect(material.intermediate.subject).toBe("CN=lab intermediate");
    expect(material.roots).toHaveLength(1);
});

it("accepts a bundle of the old root and the new one", () => {
    expect(check({ trust: other.root.certificate + pki.root.certificate }).roots).toHaveLength(2);
});

const inAWeek = () => new Date(Date.now() + 7 * 24 * hour);
const aDayAgo = () => new Date(Date.now() - 24 * hour);

it.each<[string, () => Partial<Files>, string | RegExp]>([
    [
        "a key of another certificate",
        () => ({ key: pki.intermediate.key }),
        "tls.key does not belong to the leaf in tls.crt",
    ],
    ["no key", () => ({ key: "" }), "tls.key is not a PEM private key"],
    [
        "a bare leaf",
        () => ({ chain: served.certificate }),
        "tls.crt holds 1 certificate(s), expected 2: leaf, then intermediate",
    ],
    [
        "a chain with the root",
        () => ({ chain: served.chain + pki.root.certificate }),
        "tls.crt holds 3 certificate(s), expected 2: leaf, then intermediate",
    ],
    [
        "no certificate",
        () => ({ chain: "" }),
        "tls.crt holds 0 certificate(s), expected 2: leaf, then intermediate",
    ],
    [
        "a broken certificate",
        () => ({ chain: "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n" }),
        "tls.crt holds a certificate that cannot be read",
    ],
    [
        "an intermediate of another CA",
        () => ({ chain: served.certificate + other.intermediate.certificate }),
        `"DNS:${serverName}" was not issued by an intermediate beside it`,
    ],
    [
        "a bundle of another CA",
        () => ({ trust: other.root.certificate }),
        '"CN=lab intermediate" does not chain to the trust bundle',
    ],
    [
        "an empty bundle",
        () => ({ trust: "" }),
        "the trust bundle holds no certificate, expected at least one root",
    ],
    [
        "an intermediate in the bundle",
        () => ({ trust: pki.root.certificate + pki.intermediate.certificate }),
        'the trust bundle holds "CN=lab intermediate", which is not a root',
    ],
])("refuses %s", (_case, changes, message) => {
    expect(() => check(changes())).toThrow(message);
    expect(() => check()).not.toThrow();
});

it("refuses what is not valid at that time", () => {
    expect(() => check({}, inAWeek())).toThrow(/^"DNS:api\.llm-platform\.svc" expired at 20\d\d-/);
    expect(() => check({}, aDayAgo())).toThrow(
        /^"DNS:api\.llm-platform\.svc" is not valid before 20\d\d-/,
    );
});

it("refuses an intermediate that ended before its leaf", async () => {
    const leaf = await pki.leaf({
        names: [serverName],
        notAfter: new Date(Date.now() + 30 * 24 * hour),
    });
    expect(() => check(leaf, inAWeek())).toThrow(/^"CN=lab intermediate" expired at/);
});

it("refuses a client's certificate, and a CA's, as a server's", async () => {
    const client = await pki.client(serverName);
    expect(() => check(client)).toThrow(
        `"DNS:${serverName}" has no extended key usage server auth`,
    );
    const ca = {
        ...pki.intermediate,
        chain: pki.intermediate.certificate + pki.intermediate.certificate,
    };
    expect(() => check(ca)).toThrow('"CN=lab intermediate" is a CA certificate, expected a leaf');
});

it("shows no key, however it is looked at", () => {
    const material = check();
    const words = [
        inspect(material, { depth: 9, showHidden: true }),
        JSON.stringify(material),
    ].join();
    expect(words).not.toContain("PRIVATE KEY");
    expect(words).not.toContain(served.key.split("\n")[1]);
});

describe("reading", () => {
    const files = { certificateDirectory: "/etc/certs", trustFile: "/etc/trust/ca.crt" };
    const contents = (...names: string[]) => {
        const queue = names.map((name) => new TlsContent(name, name, name));
        return () => queue.shift() ?? new TlsContent("end", "end", "end");
    };

    it("does not take a reading that falls between two swaps", () => {
        expect(readContent(files, contents("torn", "new", "new")).certificate).toBe("new");
    });

    it("gives up where nothing stands still", () => {
        expect(() => readContent(files, contents("1", "2", "3", "4"))).toThrow(
            "/etc/certs changes while it is read",
        );
    });
});
