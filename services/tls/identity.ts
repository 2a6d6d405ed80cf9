import type { X509Certificate } from "node:crypto";

const label = "[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?";
const identityPattern = new RegExp(`^${label}\\.${label}\\.svc$`);

/** Whether a text is an identity: `<service>.<namespace>.svc`, lower case. */
export function isIdentity(text: string): boolean {
    return identityPattern.test(text);
}

/**
 * The identity that a certificate proves: its first DNS name of the form `<service>.<namespace>.svc`; undefined where it has none.
 * Says nothing about whether the certificate is to be trusted.
 */
export function identityOf(certificate: X509Certificate): string | undefined {
    return dnsNames(certificate.subjectAltName ?? "").find(isIdentity);
}

/** One name of Node's text form. A value in quotes is one that could be mistaken for several names (CVE-2021-44532). */
const generalName = /([A-Za-z ]+):("(?:[^"\\]|\\.)*"|[^",]*)(?:, |$)/y;

/** The DNS names of a subject alternative name in Node's text form; none at all where a part of it cannot be read. */
export function dnsNames(text: string): string[] {
    const names: string[] = [];
    generalName.lastIndex = 0;
    while (generalName.lastIndex < text.length) {
        const match = generalName.exec(text);
        if (!match) return [];
        if (match[1] === "DNS" && match[2] !== undefined) names.push(match[2]);
    }
    return names;
}
