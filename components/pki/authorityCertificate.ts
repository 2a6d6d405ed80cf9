import { createHash, X509Certificate, type KeyObject } from "node:crypto";
import {
    derContent,
    derElements,
    derSequence,
    derTag,
    objectIdentifier,
    type DerElement,
} from "./der";
import { nameAttributes, type NameAttribute } from "./distinguishedName";
import { pemBlock } from "./pemBlock";

/** What counts in the certificate of an authority. Node's own class knows neither its path length nor its usages. */
export interface AuthorityCertificate {
    readonly certificate: X509Certificate;
    readonly subject: readonly NameAttribute[];
    /** The subject as it was written, DER. */
    readonly subjectDer: Buffer;
    readonly issuer: readonly NameAttribute[];
    readonly publicKey: KeyObject;
    readonly isAuthority: boolean;
    /** How many authorities may stand below it; undefined: any number. */
    readonly pathLength: number | undefined;
    /** Names of its key usages, sorted; empty where it names none. */
    readonly keyUsages: readonly string[];
    /** Hex; undefined where it has none. */
    readonly subjectKeyId: string | undefined;
    readonly notBefore: Date;
    readonly notAfter: Date;
}

/**
 * Reads the certificate of an authority, and any other.
 *
 * @returns undefined for what is not one whole certificate in PEM
 */
export function readAuthorityCertificate(pem: string): AuthorityCertificate | undefined {
    const der = pemBlock(pem, "CERTIFICATE");
    if (der === undefined) return undefined;
    try {
        return authorityCertificate(der);
    } catch {
        return undefined;
    }
}

/** SHA-256 of a public key as certificates hold it, hex. */
export const keyFingerprint = (key: KeyObject): string =>
    createHash("sha256")
        .update(key.export({ type: "spki", format: "der" }))
        .digest("hex");

function authorityCertificate(der: Buffer): AuthorityCertificate {
    const certificate = new X509Certificate(der);
    // OpenSSL reads past what follows a certificate.
    if (!certificate.raw.equals(der)) throw new Error("more than a certificate");
    const [toBeSigned] = derSequence(derElements(der)[0]);
    const fields = derSequence(toBeSigned);
    // Version 1 does not say so, and has no extensions.
    const first = fields[0]?.tag === 0xa0 ? 1 : 0;
    const [, , issuer, , subject] = fields.slice(first);
    const extensions = readExtensions(fields.find(({ tag }) => tag === 0xa3));
    const subjectDer = subject?.whole ?? Buffer.alloc(0);
    return {
        certificate,
        subject: nameAttributes(subjectDer),
        subjectDer,
        issuer: nameAttributes(issuer?.whole ?? Buffer.alloc(0)),
        publicKey: certificate.publicKey,
        ...basicConstraints(extensions.get("2.5.29.19")),
        keyUsages: keyUsages(extensions.get("2.5.29.15")),
        subjectKeyId: subjectKeyId(extensions.get("2.5.29.14")),
        notBefore: new Date(certificate.validFrom),
        notAfter: new Date(certificate.validTo),
    };
}

/** Values of the extensions by their object identifiers. */
function readExtensions(field: DerElement | undefined): ReadonlyMap<string, Buffer> {
    if (field === undefined) return new Map();
    const [list] = derElements(field.content);
    return new Map(
        derSequence(list).map((extension) => {
            const parts = derSequence(extension);
            const oid = objectIdentifier(derContent(parts[0], derTag.objectIdentifier));
            return [oid, derContent(parts.at(-1), derTag.octetString)];
        }),
    );
}

/** @see RFC 5280, 4.2.1.9 */
function basicConstraints(
    value: Buffer | undefined,
): Pick<AuthorityCertificate, "isAuthority" | "pathLength"> {
    const parts = value === undefined ? [] : derSequence(derElements(value)[0]);
    const isAuthority = parts.some(
        ({ tag, content }) => tag === derTag.boolean && content[0] !== 0,
    );
    const length = parts.find(({ tag }) => tag === derTag.integer);
    return {
        isAuthority,
        pathLength: length && length.content.readIntBE(0, length.content.length),
    };
}

/** In the order of their bits. @see RFC 5280, 4.2.1.3 */
const usageNames = [
    "digital signature",
    "content commitment",
    "key encipherment",
    "data encipherment",
    "key agreement",
    "certificate signing",
    "CRL signing",
    "encipher only",
    "decipher only",
];

function keyUsages(value: Buffer | undefined): string[] {
    if (value === undefined) return [];
    const [, ...bits] = derContent(derElements(value)[0], derTag.bitString);
    return usageNames
        .filter((_, bit) => ((bits[bit >> 3] ?? 0) & (0x80 >> (bit & 7))) !== 0)
        .sort();
}

const subjectKeyId = (value: Buffer | undefined): string | undefined =>
    value && derContent(derElements(value)[0], derTag.octetString).toString("hex");
