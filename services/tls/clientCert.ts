import { X509Certificate } from "node:crypto";

/** A byte sequence and nothing else: no parameters, no list, no white space inside. @see RFC 8941, 3.3.5 */
const byteSequence = /^:((?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?):$/;

/**
 * Reads a `Client-Cert` header: one certificate in DER as a structured field byte sequence; undefined for anything else. Two
 * headers are no certificate either, since Node joins them with a comma.
 *
 * @see RFC 9440, 2.2
 */
export function parseClientCert(header: string): X509Certificate | undefined {
    const base64 = byteSequence.exec(header)?.[1];
    if (!base64) return undefined;
    const der = Buffer.from(base64, "base64");
    try {
        const certificate = new X509Certificate(der);
        // OpenSSL stops at the end of the certificate, and would also read PEM: what was sent must be the certificate, all of it.
        return certificate.raw.equals(der) ? certificate : undefined;
    } catch {
        return undefined;
    }
}
