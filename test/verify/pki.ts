import "reflect-metadata";
import { webcrypto } from "node:crypto";
import * as x509 from "@peculiar/x509";
import type { Credentials } from "../../verify/hop";

const HOUR_MS = 60 * 60 * 1000;

interface Signer {
    readonly certificate: x509.X509Certificate;
    readonly keys: webcrypto.CryptoKeyPair;
}

/** What a leaf is like; everything has the value of a good server's certificate. */
export interface LeafSettings {
    readonly names?: readonly string[];
    readonly lifetimeHours?: number;
    /** How long ago it was issued; default one hour. */
    readonly ageHours?: number;
    readonly curve?: "P-256" | "P-521";
    readonly hash?: "SHA-256" | "SHA-1";
    readonly client?: boolean;
    /** What the file holds; default leaf and intermediate. */
    readonly chain?: "full" | "leaf";
}

/** A root, its intermediate, and leaves of it, all made up for one test run. */
export interface TestPki {
    readonly root: string;
    readonly issue: (settings?: LeafSettings) => Promise<Credentials>;
}

const ecdsa = (namedCurve: string, hash = "SHA-256") => ({ name: "ECDSA", namedCurve, hash });

const newKeys = (curve: string): Promise<webcrypto.CryptoKeyPair> =>
    crypto.subtle.generateKey(ecdsa(curve), true, ["sign", "verify"]);

export const gatewayNames = [
    "gateway.llm-platform.svc",
    "gateway.llm-platform.svc.cluster.local",
    "gateway.example.test",
    "tracer.example.test",
];

export async function makePki(intermediateHours = 365 * 24): Promise<TestPki> {
    const root = await makeAuthority("CN=test root", 3650 * 24);
    const intermediate = await makeAuthority("CN=test intermediate", intermediateHours, root);
    const issue = (settings: LeafSettings = {}): Promise<Credentials> =>
        makeLeaf(intermediate, settings);
    return { root: pem(root.certificate), issue };
}

async function makeAuthority(subject: string, hours: number, signer?: Signer): Promise<Signer> {
    const keys = await newKeys("P-256");
    const certificate = await x509.X509CertificateGenerator.create({
        subject,
        issuer: signer?.certificate.subject ?? subject,
        publicKey: keys.publicKey,
        signingKey: (signer?.keys ?? keys).privateKey,
        signingAlgorithm: ecdsa("P-256"),
        ...dates(hours, 2),
        extensions: [
            new x509.BasicConstraintsExtension(true, signer ? 0 : 1, true),
            new x509.KeyUsagesExtension(x509.KeyUsageFlags.keyCertSign, true),
        ],
    });
    return { certificate, keys };
}

async function makeLeaf(signer: Signer, settings: LeafSettings): Promise<Credentials> {
    const { names = gatewayNames, lifetimeHours = 2160, ageHours = 1, chain = "full" } = settings;
    const keys = await newKeys(settings.curve ?? "P-256");
    const { clientAuth, serverAuth } = x509.ExtendedKeyUsage;
    const leaf = await x509.X509CertificateGenerator.create({
        subject: "",
        issuer: signer.certificate.subject,
        publicKey: keys.publicKey,
        signingKey: signer.keys.privateKey,
        signingAlgorithm: ecdsa("P-256", settings.hash),
        ...dates(lifetimeHours, ageHours),
        extensions: [
            new x509.BasicConstraintsExtension(false, undefined, true),
            new x509.KeyUsagesExtension(x509.KeyUsageFlags.digitalSignature, true),
            new x509.ExtendedKeyUsageExtension([settings.client ? clientAuth : serverAuth]),
            new x509.SubjectAlternativeNameExtension(
                names.map((value) => ({ type: "dns" as const, value })),
                true,
            ),
        ],
    });
    const key = Buffer.from(await crypto.subtle.exportKey("pkcs8", keys.privateKey));
    return {
        certificate: pem(leaf) + (chain === "full" ? pem(signer.certificate) : ""),
        privateKey: `${x509.PemConverter.encode(key, "PRIVATE KEY")}\n`,
    };
}

function dates(lifetimeHours: number, ageHours: number): { notBefore: Date; notAfter: Date } {
    // Whole seconds, as X.509 has them.
    const start = Math.floor(Date.now() / 1000) * 1000 - ageHours * HOUR_MS;
    return { notBefore: new Date(start), notAfter: new Date(start + lifetimeHours * HOUR_MS) };
}

function pem(certificate: x509.X509Certificate): string {
    return `${certificate.toString("pem")}\n`;
}
