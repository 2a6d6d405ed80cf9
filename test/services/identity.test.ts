import { X509Certificate } from "node:crypto";
import { dnsNames, identityOf, isIdentity } from "../../services/tls/identity";
import { Pki } from "./pki";

it.each(["api.llm-platform.svc", "a.b.svc", `${"a".repeat(63)}.b.svc`])(
    "%s is an identity",
    (text) => {
        expect(isIdentity(text)).toBe(true);
    },
);

it.each([
    "",
    "api.llm-platform",
    "api.llm-platform.svc.cluster.local",
    "API.llm-platform.svc",
    "*.llm-platform.svc",
    "x.api.llm-platform.svc",
    "-api.llm-platform.svc",
    ".llm-platform.svc",
    "api.llm-platform.svc\n",
    " api.llm-platform.svc",
    `${"a".repeat(64)}.b.svc`,
])("%j is none", (text) => {
    expect(isIdentity(text)).toBe(false);
});

it("is the first service name of a certificate", async () => {
    const pki = await Pki.create();
    const names = ["gateway.local.bluefly.io", "a.one.svc.cluster.local", "a.one.svc", "b.two.svc"];
    const { certificate } = await pki.leaf({ names });
    expect(identityOf(new X509Certificate(certificate))).toBe("a.one.svc");
});

it("is not found in a name that looks like several", async () => {
    const pki = await Pki.create();
    const forged = await pki.leaf({ names: ["x, DNS:gateway.llm-platform.svc, DNS:y"] });
    const certificate = new X509Certificate(forged.certificate);
    expect(certificate.subjectAltName).toContain(" DNS:gateway.llm-platform.svc");
    expect(identityOf(certificate)).toBeUndefined();
});

it.each([
    ["", []],
    ["DNS:a.b.svc", ["a.b.svc"]],
    ["URI:spiffe://x/y, DNS:a, IP Address:10.0.0.1, DNS:b", ["a", "b"]],
    ['URI:"http://x, DNS:evil.x.svc", DNS:a.b.svc', ["a.b.svc"]],
    ['DNS:"a\\", DNS:evil.x.svc", DNS:b', ['"a\\", DNS:evil.x.svc"', "b"]],
    ["DNS:a, nonsense", []],
])("reads the DNS names of %s", (text, names) => {
    expect(dnsNames(text)).toEqual(names);
});
