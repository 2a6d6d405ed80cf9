import { keyFingerprint, type AuthorityCertificate } from "../components/pki/authorityCertificate";
import type { CertificateRequest } from "../components/pki/certificateRequest";
import { formatName } from "../components/pki/distinguishedName";
import { certificateHash, type LogEntry } from "./signingLog";
import type { KeyObject } from "node:crypto";

const row = (name: string, value: string): string => `${name.padEnd(12)}${value}`;

/** A certificate in lines for people. */
export const describeCertificate = (shown: AuthorityCertificate): string[] => [
    row("certificate", `sha256 ${certificateHash(shown)}`),
    row("serial", shown.certificate.serialNumber.toLowerCase()),
    row("subject", formatName(shown.subject)),
    row("issuer", formatName(shown.issuer)),
    ...describeKey(shown.publicKey),
    row("authority", authority(shown)),
    row("usages", shown.keyUsages.join(", ") || "none"),
    ...describeLife(shown.notBefore, shown.notAfter),
];

/** A request in lines for people. */
export const describeRequest = ({ subject, publicKey, isSigned }: CertificateRequest): string[] => [
    row("subject", formatName(subject)),
    ...describeKey(publicKey),
    row("signed", isSigned ? "by its own key" : "no, or by another key"),
];

export const describeKey = (key: KeyObject): string[] => [
    row("key", `${keyKind(key)}, sha256 ${keyFingerprint(key)}`),
];

export const describeLife = (notBefore: Date, notAfter: Date): string[] => [
    row("begins", notBefore.toISOString()),
    row("ends", notAfter.toISOString()),
];

export const describeIssuer = ({ subject }: AuthorityCertificate, pathLength: number): string[] => [
    row("issuer", formatName(subject)),
    row("authority", `yes, path length ${pathLength}`),
];

/** A line of the log in lines for people. */
export const describeEntry = (entry: LogEntry): string[] => [
    `${entry.time}  ${entry.subject}`,
    `    by ${entry.issuer}, ${entry.notBefore} to ${entry.notAfter}`,
    `    serial ${entry.serial}, key sha256 ${entry.key}`,
];

/** For example `prime256v1` as P-256. */
export function keyKind(key: KeyObject): string {
    const curve = key.asymmetricKeyDetails?.namedCurve;
    return curves[curve ?? ""] ?? curve ?? key.asymmetricKeyType ?? "unknown";
}

const curves: Readonly<Record<string, string>> = { prime256v1: "P-256", secp384r1: "P-384" };

function authority({ isAuthority, pathLength }: AuthorityCertificate): string {
    return isAuthority ? `yes, path length ${pathLength ?? "none"}` : "no";
}
