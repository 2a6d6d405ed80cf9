import { X509Certificate } from "node:crypto";

/** What a certificate is for. Server and client use are never on one key. */
export type CertificateUse = "server" | "client";

/** @see RFC 5280, 4.2.1.12 */
const extendedKeyUsage: Readonly<Record<CertificateUse, string>> = {
    server: "1.3.6.1.5.5.7.3.1",
    client: "1.3.6.1.5.5.7.3.2",
};

const certificatePem = /-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/g;

/** Every certificate of a PEM text, in its order. Throws what OpenSSL says where one cannot be read. */
export function parseCertificates(pem: string): X509Certificate[] {
    return (pem.match(certificatePem) ?? []).map((block) => new X509Certificate(block));
}

export interface ChainQuestion {
    readonly leaf: X509Certificate;
    /** Candidates; only one that issued the leaf counts. */
    readonly intermediates: readonly X509Certificate[];
    /** The trust bundle. */
    readonly roots: readonly X509Certificate[];
    readonly use: CertificateUse;
    readonly at: Date;
}

/**
 * Says why a leaf is not to be believed; undefined when it is.
 *
 * The depth is fixed at leaf, intermediate, root, since the hierarchy has no other. That is also what makes path lengths hold,
 * which `node:crypto` does not show.
 */
export function chainFault({
    leaf,
    intermediates,
    roots,
    use,
    at,
}: ChainQuestion): string | undefined {
    const fault = leafFault({ leaf, use, at });
    if (fault) return fault;
    const issuers = intermediates.filter((candidate) => issued(candidate, leaf));
    if (issuers.length === 0) return `${name(leaf)} was not issued by an intermediate beside it`;
    const faults = issuers.map((issuer) => issuerFault(issuer, roots, at));
    return faults.includes(undefined) ? undefined : faults[0];
}

/** Says by what a leaf itself is not to be believed, whoever issued it; undefined when by nothing. */
export function leafFault({
    leaf,
    use,
    at,
}: Pick<ChainQuestion, "leaf" | "use" | "at">): string | undefined {
    if (leaf.ca) return `${name(leaf)} is a CA certificate, expected a leaf`;
    const dates = dateFault(leaf, at);
    if (dates) return dates;
    // Absent in a certificate that may do anything; the type does not say so.
    const uses = leaf.keyUsage as string[] | undefined;
    return uses?.includes(extendedKeyUsage[use])
        ? undefined
        : `${name(leaf)} has no extended key usage ${use} auth`;
}

function issuerFault(
    issuer: X509Certificate,
    roots: readonly X509Certificate[],
    at: Date,
): string | undefined {
    const dates = dateFault(issuer, at);
    if (dates) return dates;
    const root = roots.find((candidate) => issued(candidate, issuer));
    if (!root) return `${name(issuer)} does not chain to the trust bundle`;
    return dateFault(root, at);
}

function dateFault(certificate: X509Certificate, at: Date): string | undefined {
    if (at < certificate.validFromDate) {
        return `${name(certificate)} is not valid before ${certificate.validFromDate.toISOString()}`;
    }
    if (at > certificate.validToDate) {
        return `${name(certificate)} expired at ${certificate.validToDate.toISOString()}`;
    }
    return undefined;
}

/** `checkIssued` compares names and key identifiers only, so the signature is checked as well. */
function issued(issuer: X509Certificate, certificate: X509Certificate): boolean {
    return issuer.ca && certificate.checkIssued(issuer) && certificate.verify(issuer.publicKey);
}

function name(certificate: X509Certificate): string {
    return JSON.stringify(
        certificate.subject || certificate.subjectAltName || certificate.serialNumber,
    );
}
