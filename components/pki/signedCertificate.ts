import {
    keyFingerprint,
    readAuthorityCertificate,
    type AuthorityCertificate,
} from "./authorityCertificate";
import { readCertificateRequest, type CertificateRequest } from "./certificateRequest";
import { formatName } from "./distinguishedName";
import { hourMilliseconds, intermediateLifetimeHours } from "./generations";
import { intermediatePathLength } from "./hierarchy";

export interface SignedCertificateArgs {
    /** What came back from the ceremony: one certificate, PEM. */
    readonly certificatePem: string;
    /** The request that was taken there, PEM. */
    readonly csrPem: string;
    /** The root that was to sign it, PEM. */
    readonly rootPem: string;
    /** When the certificate must be valid: today, or the day from which it is to issue. */
    readonly asOf: Date;
}

/** A fault of a certificate, or undefined. */
type Check = (order: Order) => string | undefined;

interface Order {
    readonly signed: AuthorityCertificate;
    readonly request: CertificateRequest;
    readonly root: AuthorityCertificate;
    readonly asOf: Date;
}

/**
 * What is wrong with the certificate of an intermediate that was signed on another machine, a message each; empty, if it fits.
 *
 * A message goes on from the name of where the certificate came from: `[FILE] has path length 1; ...`.
 *
 * @throws an error that names the argument, if the request or the root is none
 */
export function checkSignedCertificate(args: SignedCertificateArgs): string[] {
    const request = readCertificateRequest(args.csrPem);
    if (request === undefined)
        throw new Error("[csrPem] is no whole certificate request; allowed one PKCS#10 in PEM");
    const root = readAuthorityCertificate(args.rootPem);
    if (root === undefined)
        throw new Error("[rootPem] is no whole certificate; allowed one in PEM");
    const signed = readAuthorityCertificate(args.certificatePem);
    if (signed === undefined)
        return [
            "is no whole certificate, but cut short, altered or several; allowed one in PEM: copy the ceremony's file again",
        ];
    const order = { signed, request, root, asOf: args.asOf };
    return checks.flatMap((check) => check(order) ?? []);
}

const key: Check = ({ signed, request }) => {
    if (signed.publicKey.equals(request.publicKey)) return undefined;
    return (
        `is for the key ${shortFingerprint(signed)}; the request is for ${shortFingerprint(request)}:` +
        " sign this request, not that of another generation"
    );
};

const subject: Check = ({ signed, request }) => {
    const [is, allowed] = [signed.subject, request.subject].map(formatName);
    return is === allowed
        ? undefined
        : `is for the subject ${quoted(is)}; the request is for ${quoted(allowed)}: sign it as it is`;
};

const issuer: Check = ({ signed, root }) => {
    const [is, allowed] = [signed.issuer, root.subject].map(formatName);
    if (is !== allowed)
        return `is issued by ${quoted(is)}; the root is ${quoted(allowed)}: sign the request with this root`;
    if (signed.certificate.verify(root.publicKey)) return undefined;
    return (
        `is not signed by the key of ${quoted(allowed)}, ${shortFingerprint(root)}, but by another of that name:` +
        " sign the request with this root"
    );
};

const authority: Check = ({ signed: { isAuthority, pathLength } }) => {
    if (!isAuthority)
        return `is not an authority; allowed CA true with path length ${intermediatePathLength}`;
    if (pathLength === intermediatePathLength) return undefined;
    return `has path length ${pathLength ?? "none"}; allowed ${intermediatePathLength}: nothing but leaves may stand below it`;
};

/** What an intermediate of components/pki may do. */
const usages = "CRL signing, certificate signing";

const usage: Check = ({ signed: { keyUsages } }) => {
    const is = keyUsages.join(", ");
    return is === usages
        ? undefined
        : `has the key usages ${quoted(is)}; allowed ${quoted(usages)}`;
};

const lifetime: Check = ({ signed: { notBefore, notAfter } }) => {
    const hours = (notAfter.getTime() - notBefore.getTime()) / hourMilliseconds;
    if (hours === intermediateLifetimeHours) return undefined;
    return (
        `lives ${formatDays(hours)}, from ${formatTime(notBefore)} to ${formatTime(notAfter)};` +
        ` allowed ${formatDays(intermediateLifetimeHours)}`
    );
};

const withinRoot: Check = ({ signed, root }) => {
    if (signed.notBefore < root.notBefore)
        return (
            `begins ${formatTime(signed.notBefore)}, before its root; allowed ${formatTime(root.notBefore)} or later:` +
            " choose a later --not-before"
        );
    if (signed.notAfter <= root.notAfter) return undefined;
    return (
        `ends ${formatTime(signed.notAfter)} and outlives its root; allowed ${formatTime(root.notAfter)} or earlier:` +
        " sign it with the next root"
    );
};

const valid: Check = ({ signed, asOf }) => {
    if (signed.notBefore > asOf)
        return (
            `begins ${formatTime(signed.notBefore)}; allowed ${formatTime(asOf)} or earlier:` +
            " choose an earlier --not-before, or wait"
        );
    if (signed.notAfter > asOf) return undefined;
    return (
        `ended ${formatTime(signed.notAfter)}; allowed later than ${formatTime(asOf)}:` +
        " sign the request of the generation that is due"
    );
};

const checks: readonly Check[] = [
    key,
    subject,
    issuer,
    authority,
    usage,
    lifetime,
    withinRoot,
    valid,
];

const shortFingerprint = ({ publicKey }: Pick<AuthorityCertificate, "publicKey">): string =>
    `sha256 ${keyFingerprint(publicKey).slice(0, 16)}`;

const quoted = (text: string | undefined): string => `"${text ?? ""}"`;

const formatTime = (time: Date): string => `${time.toISOString().slice(0, 19)}Z`;

const formatDays = (hours: number): string =>
    hours % 24 === 0 ? `${hours / 24} days` : `${hours} hours`;
