import { createPublicKey, verify, type KeyObject } from "node:crypto";
import { derContent, derElements, derSequence, derTag, objectIdentifier } from "./der";
import { nameAttributes, type NameAttribute } from "./distinguishedName";
import { pemBlock } from "./pemBlock";

/** What a request asks a certificate for. Extensions that it asks for are not read: an authority decides them. */
export interface CertificateRequest {
    readonly subject: readonly NameAttribute[];
    /** The subject as it was written, DER. */
    readonly subjectDer: Buffer;
    readonly publicKey: KeyObject;
    /** Whether the holder of the key signed it. */
    readonly isSigned: boolean;
}

/** ECDSA with SHA-2. @see RFC 5758, 3.2 */
const hashes: Readonly<Record<string, string>> = {
    "1.2.840.10045.4.3.2": "sha256",
    "1.2.840.10045.4.3.3": "sha384",
    "1.2.840.10045.4.3.4": "sha512",
};

/**
 * Reads a request for a certificate, PKCS#10.
 *
 * @returns undefined for what is not one whole request in PEM
 * @see RFC 2986
 */
export function readCertificateRequest(pem: string): CertificateRequest | undefined {
    const der = pemBlock(pem, "CERTIFICATE REQUEST");
    if (der === undefined) return undefined;
    try {
        return certificateRequest(der);
    } catch {
        return undefined;
    }
}

function certificateRequest(der: Buffer): CertificateRequest {
    const [whole, ...more] = derElements(der);
    if (more.length > 0) throw new Error("more than a request");
    const [information, algorithm, signature] = derSequence(whole);
    const [, subject, key] = derSequence(information);
    const oid = derContent(derSequence(algorithm)[0], derTag.objectIdentifier);
    const hash = hashes[objectIdentifier(oid)];
    const subjectDer = subject?.whole ?? Buffer.alloc(0);
    const publicKey = createPublicKey({
        key: key?.whole ?? Buffer.alloc(0),
        format: "der",
        type: "spki",
    });
    // The first byte of a bit string counts its unused bits: none in a signature.
    const signed = derContent(signature, derTag.bitString).subarray(1);
    const isSigned =
        hash !== undefined &&
        publicKey.asymmetricKeyType === "ec" &&
        verify(hash, information?.whole ?? Buffer.alloc(0), publicKey, signed);
    return { subject: nameAttributes(subjectDer), subjectDer, publicKey, isSigned };
}
