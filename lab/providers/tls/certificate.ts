import "reflect-metadata";
import { createHash, randomBytes } from "node:crypto";
import {
    AuthorityKeyIdentifierExtension,
    BasicConstraintsExtension,
    PublicKey,
    SubjectKeyIdentifierExtension,
    X509CertificateGenerator,
    type Extension,
    type JsonGeneralName,
    type Name,
} from "@peculiar/x509";
import { flag, integer, integerOf, listOf, oneOf, textOf } from "../inputs";
import type { Input, Inputs, LogicalKind } from "../logical";
import { PropertyError } from "../resource";
import type { SigningKey } from "./signingKey";
import { alternativeNameExtension } from "./subject";
import { knownUses, useExtensions } from "./uses";

const hourMs = 3_600_000;

/** Inputs that every certificate has, whoever signs it. */
export const certificateInputs: Readonly<Record<string, Input>> = {
    allowedUses: { check: listOf(oneOf(...knownUses)), required: true },
    earlyRenewalHours: { check: integer(0), default: 0, inPlace: true },
    isCaCertificate: { check: flag, default: false },
    maxPathLength: { check: integer(-1) },
    setSubjectKeyId: { check: flag, default: false },
    validityPeriodHours: { check: integer(0), required: true },
};

export const certificateOutputs: LogicalKind["outputs"] = {
    certPem: "plain",
    readyForRenewal: "plain",
    validityEndTime: "plain",
    validityStartTime: "plain",
};

export interface Issue {
    readonly inputs: Inputs;
    readonly subject: Name;
    readonly alternativeNames: JsonGeneralName[];
    /** Subject public key info of the one certified, DER. */
    readonly publicKey: Buffer;
    readonly issuer: Name;
    readonly signer: SigningKey;
    /** Hex. Absent: no authority key identifier. */
    readonly authorityKeyId?: string | undefined;
}

/** Signs a certificate that begins now. */
export async function issue(order: Issue): ReturnType<LogicalKind["make"]> {
    const { inputs, subject, issuer, signer } = order;
    if (inputs["isCaCertificate"] === true && subject.toString() === "") {
        throw new PropertyError("subject", "is empty; a certificate authority must have a name");
    }
    // X.509 has whole seconds; the outputs say what stands in the certificate.
    const notBefore = new Date(Math.floor(Date.now() / 1000) * 1000);
    const notAfter = new Date(
        notBefore.getTime() + integerOf(inputs, "validityPeriodHours") * hourMs,
    );
    const serialNumber = randomSerial();
    const certificate = await X509CertificateGenerator.create({
        serialNumber,
        subject,
        issuer,
        notBefore,
        notAfter,
        publicKey: new PublicKey(order.publicKey),
        signingKey: signer.privateKey,
        signingAlgorithm: signer.signingAlgorithm,
        extensions: extensions(order),
    });
    return {
        id: BigInt(`0x${serialNumber}`).toString(),
        outputs: {
            certPem: `${certificate.toString("pem")}\n`,
            readyForRenewal: false,
            validityStartTime: rfc3339(notBefore),
            validityEndTime: rfc3339(notAfter),
        },
    };
}

function extensions({
    inputs,
    subject,
    alternativeNames,
    publicKey,
    authorityKeyId,
}: Issue): Extension[] {
    const isCa = inputs["isCaCertificate"] === true;
    const pathLength = integerOf({ maxPathLength: -1, ...inputs }, "maxPathLength");
    return [
        ...useExtensions(inputs["allowedUses"] as string[]),
        new BasicConstraintsExtension(isCa, isCa && pathLength >= 0 ? pathLength : undefined, true),
        ...(isCa || inputs["setSubjectKeyId"] === true
            ? [new SubjectKeyIdentifierExtension(keyIdentifier(publicKey))]
            : []),
        ...(authorityKeyId === undefined
            ? []
            : [new AuthorityKeyIdentifierExtension(authorityKeyId)]),
        ...alternativeNameExtension(subject, alternativeNames),
    ];
}

/** SHA-1 of the public key's bits, hex: a name, not a protection. @see RFC 5280, 4.2.1.2 (1) */
export function keyIdentifier(spki: Buffer): string {
    const { subjectPublicKey } = splitKeyInfo(spki);
    return createHash("sha1").update(subjectPublicKey).digest("hex");
}

/** The bit string at the end of SEQUENCE { algorithm SEQUENCE, subjectPublicKey BIT STRING }. */
function splitKeyInfo(spki: Buffer): { subjectPublicKey: Buffer } {
    const outer = element(spki, 0);
    const algorithm = element(spki, outer.start);
    const bits = element(spki, algorithm.end);
    // The first byte of a bit string counts its unused bits: none in a key.
    return { subjectPublicKey: spki.subarray(bits.start + 1, bits.end) };
}

/** Where the content of a DER element begins and ends. */
function element(der: Buffer, at: number): { start: number; end: number } {
    const first = der.readUInt8(at + 1);
    if (first < 0x80) return { start: at + 2, end: at + 2 + first };
    const size = first & 0x7f;
    const start = at + 2 + size;
    return { start, end: start + der.readUIntBE(at + 2, size) };
}

/** 126 random bits, hex; the two first are 01, so that the number is positive and of one length. */
function randomSerial(): string {
    const bytes = randomBytes(16);
    bytes.writeUInt8((bytes.readUInt8(0) & 0x3f) | 0x40, 0);
    return bytes.toString("hex");
}

const rfc3339 = (time: Date): string => time.toISOString().replace(".000Z", "Z");

/** A certificate is replaced once its end, less the time for early renewal, has come. */
export const renewal: NonNullable<LogicalKind["now"]> = (state) => {
    const end = Date.parse(textOf(state, "validityEndTime"));
    const early = integerOf({ earlyRenewalHours: 0, ...state }, "earlyRenewalHours");
    const isDue = end - early * hourMs <= Date.now();
    return { outputs: { readyForRenewal: isDue }, due: isDue ? ["readyForRenewal"] : [] };
};
