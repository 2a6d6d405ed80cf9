import { createHash, randomBytes, type KeyObject } from "node:crypto";
import {
    readAuthorityCertificate,
    type AuthorityCertificate,
} from "../components/pki/authorityCertificate";
import { derContent, derElements, derSequence, derTag } from "../components/pki/der";
import { hourMilliseconds } from "../components/pki/generations";
import { formatPem } from "../components/pki/pemBlock";
import {
    bitString,
    element,
    integer,
    objectId,
    octetString,
    sequence,
    text,
    time,
    yes,
} from "./derWriter";
import { Refusal } from "./refusal";
import type { RootSigner } from "./rootSigner";

/** An authority that is to be certified. */
export interface Issue {
    /** Whole names, DER. */
    readonly subject: Buffer;
    readonly issuer: Buffer;
    readonly publicKey: KeyObject;
    readonly pathLength: number;
    readonly notBefore: Date;
    readonly lifetimeHours: number;
    /** Hex. */
    readonly authorityKeyId: string;
}

/** When a certificate that begins then is over. */
export const endOf = ({ notBefore, lifetimeHours }: Pick<Issue, "notBefore" | "lifetimeHours">) =>
    new Date(notBefore.getTime() + lifetimeHours * hourMilliseconds);

/** The name of an authority as the tls provider writes it: the organization, then the common name. */
export const authorityName = (organization: string, commonName: string): Buffer =>
    sequence(attribute("2.5.4.10", organization), attribute("2.5.4.3", commonName));

/** SHA-1 of a public key's bits, hex: a name, not a protection. @see RFC 5280, 4.2.1.2 (1) */
export function keyIdentifier(publicKey: KeyObject): string {
    const [, bits] = derSequence(derElements(spki(publicKey))[0]);
    return createHash("sha1").update(derContent(bits, derTag.bitString).subarray(1)).digest("hex");
}

/**
 * The certificate of an authority with the usages of components/pki, PEM.
 *
 * @throws a Refusal, if the signer is not the issuer's key after all
 */
export function issue(order: Issue, signer: RootSigner): string {
    const toBeSigned = tbsCertificate(order);
    const certificate = sequence(toBeSigned, algorithm(), bitString(signer.sign(toBeSigned)));
    const pem = formatPem(certificate, "CERTIFICATE");
    if (isSignedBy(readAuthorityCertificate(pem), signer)) return pem;
    throw new Refusal(
        "[--key-uri] signed with another key than the root's; allowed the key of root.crt: nothing was written",
    );
}

const isSignedBy = (made: AuthorityCertificate | undefined, { publicKey }: RootSigner): boolean =>
    made?.certificate.verify(publicKey) === true;

function tbsCertificate(order: Issue): Buffer {
    return sequence(
        element(0xa0, integer(2)),
        integer(randomSerial()),
        algorithm(),
        order.issuer,
        sequence(time(order.notBefore), time(endOf(order))),
        order.subject,
        spki(order.publicKey),
        element(0xa3, extensions(order)),
    );
}

function extensions({ publicKey, pathLength, authorityKeyId }: Issue): Buffer {
    const subjectKeyId = Buffer.from(keyIdentifier(publicKey), "hex");
    return sequence(
        // Bits 5 and 6: certificate and CRL signing.
        extension("2.5.29.15", bitString(Buffer.from([0x06]), 1), "critical"),
        extension("2.5.29.19", sequence(yes(), integer(pathLength)), "critical"),
        extension("2.5.29.14", octetString(subjectKeyId)),
        extension("2.5.29.35", sequence(element(0x80, Buffer.from(authorityKeyId, "hex")))),
    );
}

const extension = (oid: string, value: Buffer, critical?: "critical"): Buffer =>
    sequence(objectId(oid), ...(critical ? [yes()] : []), octetString(value));

/** ECDSA with SHA-384, for the roots' curve. @see RFC 5758, 3.2 */
const algorithm = (): Buffer => sequence(objectId("1.2.840.10045.4.3.3"));

const attribute = (oid: string, value: string): Buffer =>
    element(derTag.set, sequence(objectId(oid), text(value)));

const spki = (key: KeyObject): Buffer => key.export({ type: "spki", format: "der" });

/** 126 random bits after a 01, so that the number is positive and of one length. */
function randomSerial(): bigint {
    const bytes = randomBytes(16);
    bytes.writeUInt8((bytes.readUInt8(0) & 0x3f) | 0x40, 0);
    return BigInt(`0x${bytes.toString("hex")}`);
}
